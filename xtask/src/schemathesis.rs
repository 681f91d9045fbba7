//! schemathesis, which makes requests from the region's own description: installed with exact versions and hashes
//! into a folder of its own, from tests/api/requirements.txt.

use crate::python;
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// Where the tests find it.
const VARIABLE: &str = "ESIK_SCHEMATHESIS";

/// Tells a test run where it is; installs it when it is missing or of other versions.
pub fn tell(tests: &mut Command) -> Result<()> {
    tests.env(VARIABLE, installed()?);
    Ok(())
}

/// The program.
pub fn installed() -> Result<PathBuf> {
    python::installed("schemathesis", "api", "schemathesis")
}
