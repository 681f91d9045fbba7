//! Files that nothing names any more go, a month after the last thing that concerned them
//! (`reliability.md` S26).

use super::place_failed;
use crate::region::{Region, failed};
use chrono::{DateTime, Duration, Utc};
use esik_domain::event::Body;
use esik_wire::ApiError;
use std::collections::HashMap;
use std::sync::Arc;

/// Days a file stays that nothing names: a database put back from a copy learns of it again.
pub const GRACE_DAYS: i64 = 30;

/// What a file is to the region now.
enum Wanted {
    /// A case has it, or an event a person has yet to decide on names it.
    Yes,
    /// Nothing has it since that moment; none when nothing ever did.
    Since(Option<DateTime<Utc>>),
}

impl Region {
    /// Removes what nothing has named for a month. Tells how many.
    ///
    /// # Errors
    /// When the database or the place of files does not answer; what could not be told stays.
    pub async fn sweep_blobs(self: &Arc<Self>) -> Result<u32, ApiError> {
        let before = self.env.now() - Duration::days(GRACE_DAYS);
        let mut gone = 0;
        for (address, at) in self.blobs.all().await.map_err(|e| place_failed(&e))? {
            if DateTime::<Utc>::from(at) >= before {
                continue;
            }
            let asked = address.clone();
            let wanted = self.off(move |region| region.blob_wanted(&asked)).await?;
            if let Wanted::Since(since) = wanted
                && since.is_none_or(|at| at < before)
            {
                self.blobs.remove(&address).await.map_err(|e| place_failed(&e))?;
                gone += 1;
            }
        }
        Ok(gone)
    }

    fn blob_wanted(&self, address: &str) -> Result<Wanted, ApiError> {
        if self.store.file_set_aside(address).map_err(failed)? {
            return Ok(Wanted::Yes);
        }
        let (mut cases, mut since) = (HashMap::new(), None);
        for event in self.store.file_events(address, None).map_err(failed)? {
            // What this program cannot read may want it.
            let Ok(envelope) = event.event.envelope() else { return Ok(Wanted::Yes) };
            let Body::AttachmentLinked(link) = envelope.read_body() else {
                return Ok(Wanted::Yes);
            };
            if self.linked(&mut cases, envelope.case_id, &link)? {
                return Ok(Wanted::Yes);
            }
            let state = cases.get(&envelope.case_id).and_then(Option::as_ref);
            let stamp = state
                .and_then(|s| s.attachments.iter().find(|a| a.id == link.attachment_id))
                .and_then(|a| a.withdrawn.as_ref());
            // The region's time: a desk's clock may be years behind.
            let recorded = match stamp {
                None => None,
                Some(stamp) => self
                    .store
                    .case_events(envelope.case_id)
                    .map_err(failed)?
                    .into_iter()
                    .find(|e| e.event.envelope().is_ok_and(|e| e.id == stamp.event))
                    .map(|e| e.recorded_at),
            };
            since = since.max(Some(recorded.unwrap_or(event.recorded_at)));
        }
        Ok(Wanted::Since(since))
    }
}
