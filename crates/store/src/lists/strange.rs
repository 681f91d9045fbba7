//! Kinds and versions that came and that this program does not know: counted, so that the screen can say that an
//! update is needed, and looked at when a program opens the profile that may know them (`reliability.md` S22).

use crate::db::Tx;
use crate::error::Result;
use crate::meta;
use crate::sql;
use esik_domain::event::{Envelope, Role, is_known};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Meta key: each kind with how many; `kind@2` for a newer version of one, `role:name` for what a role nobody here knows wrote.
const STRANGE: &str = "kinds_unknown";

type Strange = BTreeMap<String, u32>;

/// Before the name of a role.
const ROLE: &str = "role:";

fn known_now(name: &str) -> bool {
    if let Some(role) = name.strip_prefix(ROLE) {
        return sql::named::<Role>(role.to_owned()).is_ok_and(Role::is_known);
    }
    match name.rsplit_once('@') {
        Some((kind, version)) => version.parse().is_ok_and(|v| is_known(kind, v)),
        None => is_known(name, 1),
    }
}

/// Counts an event that came, when this program cannot read what it says.
pub(crate) fn count(tx: &Tx<'_>, e: &Envelope) -> Result<()> {
    let name = match e.role {
        Role::Later(role) => format!("{ROLE}{role}"),
        _ if is_known(&e.kind, e.version) => return Ok(()),
        _ if e.version == 1 => e.kind.clone(),
        _ => format!("{}@{}", e.kind, e.version),
    };
    let mut strange: Strange = meta::get(tx, STRANGE)?.unwrap_or_default();
    *strange.entry(name).or_default() += 1;
    meta::put(tx, STRANGE, &strange)
}

/// How many wait for a newer program.
pub(super) fn newer(conn: &Connection) -> Result<u32> {
    let strange: Strange = meta::get(conn, STRANGE)?.unwrap_or_default();
    let unknown = strange.iter().filter(|(name, _)| !known_now(name));
    Ok(unknown.fold(0, |sum, (_, n)| sum.saturating_add(*n)))
}

/// True when something that was counted by another program is known to this one: it acts from now on.
pub(crate) fn became_known(conn: &Connection) -> Result<bool> {
    let strange: Strange = meta::get(conn, STRANGE)?.unwrap_or_default();
    Ok(strange.keys().any(|name| known_now(name)))
}

/// Forgets what is known by now, when it was folded.
pub(crate) fn settle(tx: &Tx<'_>) -> Result<()> {
    let mut strange: Strange = meta::get(tx, STRANGE)?.unwrap_or_default();
    strange.retain(|name, _| !known_now(name));
    meta::put(tx, STRANGE, &strange)
}
