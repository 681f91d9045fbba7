//! Backup, restore and migration: one path of rows for both engines (docs/adr/0021).
//!
//! A backup is a folder: every row of the region as one moment saw it, the state beside the database (key,
//! CA, files) and a manifest. It is read back before it counts; then its position is the region's durable
//! watermark. A restore fills an empty place and leaves it closed: `restore --accept` opens it under
//! another epoch, so that desks send again what was lost.

mod check;
mod folder;

pub use check::{Check, Found};
pub(crate) use folder::list;
pub use folder::{Manifest, verify};

use crate::env::Env;
use crate::region::OpenError;
use crate::site::Site;
use crate::store::{Backup, Store, StoreError};
use crate::tls::{self, TlsError};
use folder::{FORMAT, ROWS, Reading, STATE, Writing};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Why a region cannot be copied.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{0} is not empty: a backup gets a folder of its own")]
    Occupied(PathBuf),
    #[error("{0} holds no backup, or one that was not finished")]
    NoBackup(PathBuf),
    #[error("the backup has format {0}, which this version does not know")]
    Format(u64),
    #[error("the backup is not what was written: {0}")]
    Changed(String),
    #[error("the database holds a region already: nothing is restored over it")]
    NotEmpty,
    #[error("{0} is there with another content: nothing is written over it")]
    OtherFile(PathBuf),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Copies a region into a folder of its own and reads it back. Beside a running server.
///
/// # Errors
/// See [`BackupError`]; what was begun is no backup then, and the watermark stays.
pub fn backup(site: &Site, env: Env, to: &Path) -> Result<Manifest, BackupError> {
    let made_at = env.now();
    let region = site.open(env)?;
    let taken = to.exists() && std::fs::read_dir(to).map_err(folder::at(to))?.next().is_some();
    if taken {
        return Err(BackupError::Occupied(to.to_path_buf()));
    }
    tls::make_dir(to)?;
    let mut rows = Writing::new(to.join(ROWS))?;
    let mut check = Check::default();
    region.store().dump(&mut |row| rows.line(&check.row(row)?))?;
    let rows_sha256 = rows.finish()?;
    let found = check.finish()?;
    // After the rows: whatever file they name is there by now.
    let mut state = BTreeMap::new();
    for (name, from) in site.state_files()? {
        match folder::copy(&from, &to.join(STATE).join(&name)) {
            Ok(sum) => state.insert(name, sum),
            // A file of a desk was being written, or was swept: the desk sends it again.
            Err(BackupError::File { source, .. })
                if name.starts_with("blobs/") && source.kind() == std::io::ErrorKind::NotFound =>
            {
                continue;
            }
            Err(e) => return Err(e),
        };
    }
    let manifest = Manifest {
        format: FORMAT,
        region: region.identity().id.clone(),
        epoch: found.epoch.clone(),
        pos: found.pos.0,
        head: found.head.hex(),
        made_at,
        rows_sha256,
        tables: found.tally,
        state,
    };
    folder::seal(to, &manifest)?;
    let (read, found) = verify(to)?;
    if read != manifest {
        return Err(BackupError::Changed(folder::MANIFEST.to_owned()));
    }
    region.store().note_backup(&Backup { pos: found.pos, made_at })?;
    Ok(manifest)
}

/// Fills an empty place from a backup. The region stays closed until `restore --accept`.
///
/// A state folder that survived is kept: what the backup has more is added, nothing is written over.
///
/// # Errors
/// See [`BackupError`]; the database is empty then as it was.
pub fn restore(site: &Site, from: &Path) -> Result<Manifest, BackupError> {
    let _alone = site.alone()?;
    let (manifest, found) = verify(from)?;
    if site.founded()?.is_some() {
        return Err(BackupError::NotEmpty);
    }
    // First: whatever happens from here on, nobody serves this place before it is accepted.
    site.forget_mark()?;
    for name in manifest.state.keys() {
        folder::copy(&folder::inside(&from.join(STATE), name)?, &site.state_path(name))?;
    }
    let store = site.store(&manifest.region)?;
    let mut rows = Reading::new(&from.join(ROWS))?;
    if !store.load(found.pos, &mut rows, &found.tally)? {
        return Err(BackupError::NotEmpty);
    }
    Ok(manifest)
}

/// Moves a whole region to another place, under the same epoch: desks notice nothing. The old place is
/// closed for good. Broken off at any point, it is begun again with the same words.
///
/// # Errors
/// See [`BackupError`].
pub fn migrate(from: &Site, to: &Site) -> Result<Found, BackupError> {
    let _alone = (from.alone()?, to.alone()?);
    let (region, source) = from.store_to_move(to)?;
    if to.founded()?.is_some_and(|other| other != region) {
        return Err(BackupError::NotEmpty);
    }
    to.forget_mark()?;
    for (name, path) in from.state_files()? {
        folder::copy(&path, &to.state_path(&name))?;
    }
    // The rows pass through a file: they are looked at before anything is written there.
    let passing = to.state_path("moving.part");
    let _ = std::fs::remove_file(&passing);
    let mut rows = Writing::new(passing.clone())?;
    let mut check = Check::default();
    source.dump(&mut |row| rows.line(&check.row(row)?))?;
    rows.finish()?;
    let found = check.finish()?;
    let target = to.store(&region)?;
    let loaded = target.load(found.pos, &mut Reading::new(&passing)?, &found.tally)?;
    std::fs::remove_file(&passing).map_err(folder::at(&passing))?;
    if !loaded && !same(target.as_ref(), &found)? {
        return Err(BackupError::NotEmpty);
    }
    from.close_for_good(to)?;
    to.set_mark(&found.epoch, found.pos)?;
    Ok(found)
}

/// Whether a place holds exactly this already: a migration that was broken off after its rows.
fn same(store: &dyn Store, found: &Found) -> Result<bool, BackupError> {
    let mut sum = crate::store::copy::Adding::default();
    store.dump(&mut |row| sum.add(row).map(drop))?;
    Ok(crate::store::copy::difference(&found.tally, &sum.tally()).is_none())
}
