//! What the region of a story publishes: as it should, and as nobody should.

use crate::World;
use esik_domain::publication::Kind;
use esik_server::store::PublicationRow;
use esik_server::{NewPublication, PublishError};
use esik_wire::{Publication, SignedPublication};
use std::path::PathBuf;

impl World {
    /// Publishes a file that holds from a day on, or from today.
    ///
    /// # Errors
    /// Why the region refuses it.
    pub fn publish(&self, kind: Kind, body: &str, from: Option<&str>) -> Result<(), PublishError> {
        let new = NewPublication {
            kind,
            body: body.to_owned(),
            holds_from: from.map(|day| day.parse().expect("a day")),
            by: "Бекова А. Т., аналитик".to_owned(),
        };
        self.region.publish(&new).map(drop)
    }

    /// Puts a publication among the region's without any of its checks.
    pub fn plant(&self, said: &Publication, signed: &SignedPublication) {
        let row = PublicationRow {
            kind: said.kind.clone(),
            name: said.name.clone(),
            version: said.version,
            label: said.label.clone(),
            holds_from: said.holds_from,
            published_at: said.published_at,
            by: said.by.clone(),
            hash: signed.hash(),
        };
        assert!(self.region.store().publish(&row, signed).expect("the store works"), "taken");
    }

    /// File of the region's own signing key, hex.
    pub fn region_key(&self) -> PathBuf {
        self.folder().join("region.db.state").join("region.key")
    }
}
