//! `bundle export|import|receipt`: the same verbs as in the window, on a folder of the command line.

use super::signed_in;
use crate::args::{Bundle, Cli};
use crate::print;
use esik_app::api::{BundleFault, BundleFolder, Refusal};
use esik_app::bundle::{bundle_carry, bundle_export, bundle_receipt};
use esik_app::{Desk, refusal};
use esik_domain::policy::Permission;
use std::path::Path;
use std::process::ExitCode;

pub fn bundle(desk: &Desk, cli: &Cli, what: &Bundle) -> Result<ExitCode, Refusal> {
    signed_in(desk, cli, Permission::Desk)?;
    let (said, faults) = match what {
        Bundle::Export { folder } => {
            let done = bundle_export(desk, at(folder)?)?;
            let mut faults = done.faults.clone();
            faults.extend(
                done.stopped
                    .clone()
                    .map(|code| BundleFault { name: folder.display().to_string(), code }),
            );
            (serde_json::to_value(done), faults)
        }
        Bundle::Import { folder } => {
            let done = bundle_carry(desk, at(folder)?)?;
            (serde_json::to_value(&done), done.faults)
        }
        Bundle::Receipt { folder } => {
            let done = bundle_receipt(desk, at(folder)?)?;
            (serde_json::to_value(&done), done.faults)
        }
    };
    print(&said.map_err(|_| esik_app::internal())?);
    Ok(code(&faults))
}

/// Something in the folder was of no use, or found no room there.
fn code(faults: &[BundleFault]) -> ExitCode {
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn at(folder: &Path) -> Result<BundleFolder, Refusal> {
    let whole = folder.canonicalize().map_err(|_| refusal("bundle_folder"))?;
    Ok(BundleFolder { folder: whole.to_string_lossy().into_owned() })
}
