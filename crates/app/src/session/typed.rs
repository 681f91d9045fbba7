//! What an officer has half-typed in a form when the desk locks, until the same officer opens it again. It lies in the
//! closed database, as drafts do: while the desk is locked nobody can read it, and afterwards only whose it is.

use crate::api::{Nothing, Typed};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::session::mend::{is_damage, save_typed};
use esik_store::meta;

/// Keeps it for the signed-in officer instead of what was kept before.
///
/// # Errors
/// A disk that refuses.
pub fn typed_keep(desk: &Desk, r: Typed) -> Result<Nothing, AppError> {
    let open = desk.opened()?;
    let key = key(&open);
    // Nothing typed and nothing kept: a lock costs no write. A damaged database keeps nobody from locking the desk:
    // that is the way to have it mended.
    let kept = match open.store.read(|conn| meta::get::<String>(conn, &key)) {
        Err(error) if is_damage(&error) => None,
        kept => kept?,
    };
    if r.text != kept {
        save_typed(desk, &open, move |tx| match &r.text {
            Some(text) => meta::put(tx, &key, text),
            None => meta::remove(tx, &key),
        })?;
    }
    Ok(Nothing {})
}

/// Gives it back to its officer, once.
///
/// # Errors
/// The store's.
pub fn typed_take(desk: &Desk, _: Nothing) -> Result<Typed, AppError> {
    let open = desk.opened()?;
    let key = key(&open);
    let text: Option<String> = open.store.read(|conn| meta::get(conn, &key))?;
    if text.is_some() {
        open.store.write(move |tx| meta::remove(tx, &key))?;
    }
    Ok(Typed { text })
}

fn key(open: &Open) -> String {
    format!("typed.{}", open.actor.id)
}
