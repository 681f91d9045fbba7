//! What the region publishes to its desks: checked with the parsers the desks have, signed, listed by `hello`.

use crate::region::{Region, failed};
use crate::store::{PublicationRow, StoreError};
use chrono::NaiveDate;
use esik_domain::calendar::{Calendar, local};
use esik_domain::calendars::Calendars;
use esik_domain::ids::DeviceId;
use esik_domain::knowledge::Edition;
use esik_domain::publication::{BODY_BYTES_MAX, FORMAT, Kind, ONLY, read_calendar};
use esik_letters::{Template, Templates};
use esik_wire::{ApiError, ApiErrorCode, Publication, PublicationRef, SignedPublication};
use std::sync::Arc;

/// What somebody wants to publish.
#[derive(Clone, Debug)]
pub struct NewPublication {
    pub kind: Kind,
    /// The file as it is.
    pub body: String,
    /// First day on which it holds; none = today.
    pub holds_from: Option<NaiveDate>,
    /// The person behind it.
    pub by: String,
}

/// Why it cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("the file has {0} bytes; at most {BODY_BYTES_MAX} can be published")]
    TooLarge(usize),
    /// What is wrong and where.
    #[error("{0}")]
    Broken(String),
    #[error("{what} {version} is not newer than {newest}, which the desks have")]
    NotNewer { what: String, version: String, newest: String },
    #[error("{0} is over")]
    Past(NaiveDate),
    #[error("the person behind it is not named")]
    Nobody,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a file says it is.
struct Read {
    name: String,
    version: u32,
    label: String,
}

impl Region {
    /// Checks, signs and keeps; desks take it with their next synchronisation.
    ///
    /// # Errors
    /// See [`PublishError`]; nothing is published then.
    pub fn publish(&self, new: &NewPublication) -> Result<PublicationRow, PublishError> {
        if new.body.len() > BODY_BYTES_MAX {
            return Err(PublishError::TooLarge(new.body.len()));
        }
        let by = new.by.trim();
        if by.is_empty() || by.len() > 200 || by.chars().any(char::is_control) {
            return Err(PublishError::Nobody);
        }
        let now = self.env.now();
        let today = local(now).date_naive();
        let holds_from = new.holds_from.unwrap_or(today);
        if holds_from < today {
            return Err(PublishError::Past(holds_from));
        }
        let read = self.check(new.kind, &new.body)?;
        let publication = Publication {
            format: FORMAT,
            region: self.row.id.clone(),
            kind: new.kind.code().to_owned(),
            name: read.name,
            version: read.version,
            label: read.label,
            holds_from,
            published_at: now,
            by: by.to_owned(),
            body: new.body.clone(),
        };
        let signed = SignedPublication::sign(&publication, &self.key)
            .map_err(|_| PublishError::TooLarge(new.body.len()))?;
        let row = PublicationRow {
            kind: publication.kind,
            name: publication.name,
            version: publication.version,
            label: publication.label,
            holds_from,
            published_at: now,
            by: publication.by,
            hash: signed.hash(),
        };
        if self.store.publish(&row, &signed)? {
            return Ok(row);
        }
        let newest = self.newest(new.kind, &row.name)?.map_or_else(String::new, |n| n.label);
        Err(PublishError::NotNewer { what: row.name, version: row.label, newest })
    }

    /// Reads the file as a desk would.
    fn check(&self, kind: Kind, body: &str) -> Result<Read, PublishError> {
        match kind {
            Kind::Calendar => {
                let known = self.calendars()?;
                let read = read_calendar(body, Some(known.now())).map_err(PublishError::Broken)?;
                newer("calendar", read.edition(), &read.version, known.now())?;
                Ok(Read { name: ONLY.to_owned(), version: read.edition(), label: read.version })
            }
            Kind::Paper => {
                let template =
                    Template::check(body).map_err(|e| PublishError::Broken(e.to_string()))?;
                let shipped = Templates::shipped()
                    .map_err(|e| PublishError::Broken(e.to_string()))?
                    .newest(&template.id)
                    .map_or(0, |t| t.version);
                let label = template.version.to_string();
                if template.version <= shipped {
                    let newest = shipped.to_string();
                    return Err(PublishError::NotNewer {
                        what: template.id,
                        version: label,
                        newest,
                    });
                }
                Ok(Read { name: template.id, version: template.version, label })
            }
            Kind::Knowledge => {
                let earlier = self
                    .newest(kind, ONLY)?
                    .and_then(|row| self.body(&row.hash).transpose())
                    .transpose()?
                    .and_then(|text| Edition::read(&text, None).ok());
                let read = Edition::read(body, earlier.as_ref()).map_err(PublishError::Broken)?;
                let label = read.version.to_string();
                Ok(Read { name: ONLY.to_owned(), version: read.version, label })
            }
        }
    }

    fn newest(&self, kind: Kind, name: &str) -> Result<Option<PublicationRow>, StoreError> {
        let all = self.store.publications()?;
        let of = all.into_iter().filter(|p| p.kind == kind.code() && p.name == name);
        Ok(of.max_by_key(|p| p.version))
    }

    fn body(&self, hash: &str) -> Result<Option<String>, StoreError> {
        let Some(signed) = self.store.publication(hash)? else { return Ok(None) };
        Ok(signed.read(&self.key.verifying_key()).ok().map(|p| p.body))
    }

    /// Every calendar the region published, and the shipped one.
    pub(crate) fn calendars(&self) -> Result<Arc<Calendars>, StoreError> {
        let mut editions = Vec::new();
        for row in self.store.publications()? {
            if row.kind == Kind::Calendar.code()
                && let Some(text) = self.body(&row.hash)?
                && let Ok(calendar) = Calendar::edition_from_json(&text)
            {
                editions.push(calendar);
            }
        }
        Ok(if editions.is_empty() {
            Calendars::shipped()
        } else {
            Arc::new(Calendars::of(editions))
        })
    }

    /// Everything published, for `hello`.
    pub(crate) fn listed(&self) -> Result<Vec<PublicationRef>, ApiError> {
        let all = self.store.publications().map_err(failed)?;
        let listed = |p: PublicationRow| PublicationRef {
            kind: p.kind,
            name: p.name,
            version: p.version,
            hash: p.hash,
        };
        Ok(all.into_iter().map(listed).collect())
    }

    /// One publication, for a desk of the region.
    ///
    /// # Errors
    /// `unauthorised`, `not_found`, `busy`.
    pub async fn publication(
        self: &Arc<Self>,
        device: DeviceId,
        hash: String,
    ) -> Result<SignedPublication, ApiError> {
        self.off(move |region| {
            region.live_device(device)?;
            let found = region.store.publication(&hash).map_err(failed)?;
            found.ok_or_else(|| ApiError::new(ApiErrorCode::NotFound))
        })
        .await
    }
}

fn newer(what: &str, version: u32, label: &str, newest: &Calendar) -> Result<(), PublishError> {
    if version > newest.edition() {
        return Ok(());
    }
    Err(PublishError::NotNewer {
        what: what.to_owned(),
        version: label.to_owned(),
        newest: newest.version.clone(),
    })
}
