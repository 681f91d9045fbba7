//! Where people find the station: set by its head, printed at the top of its papers.

use crate::api::{Nothing, StationContacts};
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::text::normalize_input;
use esik_store::meta;
use rusqlite::Connection;

/// Where they lie among the states of the desk.
const KEY: &str = "station_contacts";
/// Characters of an address: two lines beside the mark.
const ADDRESS_MAX: usize = 160;
/// Characters of the telephones.
const PHONE_MAX: usize = 60;

/// What papers print; empty until somebody set it.
///
/// # Errors
/// The store's.
pub fn station_contacts(desk: &Desk, _: Nothing) -> Result<StationContacts, AppError> {
    Ok(desk.opened()?.store.read(read)?)
}

/// Sets them all; empty fields are not printed. Papers printed before keep what they had.
///
/// # Errors
/// `text_too_long`; the store's.
pub fn station_contacts_set(desk: &Desk, r: StationContacts) -> Result<StationContacts, AppError> {
    let line = |text: &str, most: usize| {
        let text = normalize_input(text).split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > most {
            return Err(AppError::refused("text_too_long"));
        }
        Ok(text)
    };
    let contacts = StationContacts {
        address_kk: line(&r.address_kk, ADDRESS_MAX)?,
        address_ru: line(&r.address_ru, ADDRESS_MAX)?,
        phone: line(&r.phone, PHONE_MAX)?,
    };
    let open = desk.opened()?;
    let kept = contacts.clone();
    open.store.write(move |tx| meta::put(tx, KEY, &kept))?;
    Ok(contacts)
}

/// The contacts of this desk.
pub(crate) fn read(conn: &Connection) -> Result<StationContacts, esik_store::StoreError> {
    Ok(meta::get(conn, KEY)?.unwrap_or_default())
}
