//! A damaged database is mended (docs/adr/0042): whatever can still be read goes into a new file, the damaged one is kept
//! aside untouched, and the region gives back what it has.
//!
//! What only this desk has – events the region has not spoken on, unfinished intakes, settings – lies a second time in
//! a small file, the [`spare`], so that no single page is the only place of it.

mod anchor;
mod read;
pub(crate) mod spare;

pub use anchor::Anchor;
pub use spare::{LookThrough, write_aside};

use crate::db::Tx;
use crate::error::{Result, StoreError};
use crate::keys::DbKey;
use crate::profile::Profile;
use crate::{db, lists, log, numbers, project};
use chrono::{DateTime, Utc};
use esik_domain::ids::DeviceId;
use esik_platform::{Platform as _, ThisMachine, remove, replace};
use esik_wire::planted;
use read::Source;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// What came of mending.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mended {
    /// Device time.
    pub at: DateTime<Utc>,
    /// Name of the damaged file in the profile's folder; empty when there was none any more.
    pub kept_as: String,
    /// Events that were read from the damaged file.
    pub events: u64,
    /// Events that came from the spare.
    pub spared: u64,
    /// Nothing was damaged: it was of another day, and what was written since is missing.
    #[serde(default)]
    pub set_back: bool,
    /// Nothing that matters was unreadable. Else the region's feeds are read anew from their beginning.
    pub whole: bool,
}

/// Meta key of the last [`Mended`].
pub const MENDED: &str = "mended";

/// Files that one name stands for: the database, its log and the log's index.
const PARTS: [&str; 3] = ["-wal", "-shm", ""];

/// Being filled; worth nothing.
fn begun(profile: &Profile) -> PathBuf {
    profile.dir().join("esik.db.mending")
}

/// Whole, and not yet in its place.
fn ready(profile: &Profile) -> PathBuf {
    profile.dir().join("esik.db.mended")
}

/// Files of a profile that are no part of it: the spare, and what a damaged database left. A copy of the profile does not
/// take them along.
#[must_use]
pub fn is_beside(name: &str) -> bool {
    [spare::NAME, crate::profile::DAMAGE, crate::profile::LOOKED].contains(&name)
        || ["esik.db.mend", DAMAGED].iter().any(|begin| name.starts_with(begin))
}

fn part(of: &Path, end: &str) -> PathBuf {
    let mut name = of.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Makes a new database of what can be read, and puts it in the damaged one's place. `life` is the life in which the
/// desk goes on: it has begun already (`Keyring::next_incarnation`), because numbers of the old one may be lost.
/// Safe to be cut off at any moment: it is begun again, or ended by [`finish`].
///
/// # Errors
/// `NotFound` when neither the database nor the spare can be read at all; what keeps the new file from being written.
/// The damaged database is as it was then.
pub fn mend(
    profile: &Profile,
    key: &DbKey,
    (device, life): (DeviceId, u32),
    now: DateTime<Utc>,
) -> Result<Mended> {
    finish(profile)?;
    clear(&begun(profile))?;
    let mut mended = Mended {
        at: now,
        kept_as: if profile.has_db() { aside_name(profile) } else { String::new() },
        events: 0,
        spared: 0,
        set_back: profile.is_noted_set_back(),
        whole: true,
    };
    {
        let mut conn = db::bare(&begun(profile), key)?;
        db::migrate(&mut conn)?;
        let mut tx = Tx::begin(&mut conn)?;
        if let Some(mut damaged) = Source::open(&profile.db(), key) {
            let all = read::everything(&mut damaged, &tx)?;
            (mended.events, mended.whole) = (all.events, all.whole);
        } else {
            mended.whole = false;
        }
        if let Some(mut spare) = Source::open(&spare::path(profile), key) {
            mended.spared = read::what_is_missing(&mut spare, &tx)?;
        } else if mended.events == 0 {
            return Err(StoreError::NotFound);
        }
        if !mended.whole && !planted::is("mended_reads_on") {
            // Read anew from the beginning; what is here already is known by its bytes.
            tx.execute("DELETE FROM cursor", [])?;
            tx.execute("DELETE FROM poison", [])?;
        }
        log::heads_of(&mut tx, device, life)?;
        numbers::give_up(&tx, device, life)?;
        project::rebuild(&mut tx)?;
        lists::strange::settle(&tx)?;
        crate::meta::put(&tx, MENDED, &mended)?;
        tx.commit()?;
        conn.close().map_err(|(_, e)| e)?;
    }
    replace(&begun(profile), &ready(profile))?;
    ThisMachine.sync_dir(profile.dir())?;
    finish(profile)?;
    Ok(mended)
}

/// Puts a database that was mended in its place, when the program was cut off before. To be asked before each opening.
///
/// # Errors
/// The disk's.
pub fn finish(profile: &Profile) -> io::Result<()> {
    if !ready(profile).exists() {
        return Ok(());
    }
    let aside = first_free(&profile.db().with_file_name(DAMAGED));
    // Its log first: under the new database it would be taken for that one's. The database itself last, so that
    // whoever comes here again finds the parts that are left under the same name.
    for end in PARTS {
        let from = part(&profile.db(), end);
        if from.exists() {
            replace(&from, &part(&aside, end))?;
        }
    }
    if spare::path(profile).exists() {
        replace(&spare::path(profile), &part(&aside, "-spare"))?;
    }
    ThisMachine.sync_dir(profile.dir())?;
    replace(&ready(profile), &profile.db())?;
    ThisMachine.sync_dir(profile.dir())?;
    profile.forget_damage()
}

const DAMAGED: &str = "esik.db.damaged";

/// `esik.db.damaged-1` and so on: the first under which no database lies. (Its log may.)
fn first_free(stem: &Path) -> PathBuf {
    (1_u32..)
        .map(|n| part(stem, &format!("-{n}")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| stem.to_owned())
}

fn aside_name(profile: &Profile) -> String {
    let path = first_free(&profile.db().with_file_name(DAMAGED));
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

fn clear(path: &Path) -> io::Result<()> {
    for end in PARTS {
        match remove(&part(path, end)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    Ok(())
}
