//! Two programs of one region answer at once: a copy of its machine was started beside it, and some desks go there.

use crate::template;
use crate::world::{Step, World, broken};
use esik_app::sync::{TREE, TREE_FINDINGS, TreeFinding};
use esik_server::Region;
use esik_server::blobs::BlobPlace;
use esik_server::site::Site;
use esik_store::meta;
use esik_wire::{SignedTreeHead, TreeHead};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// The other one, and who goes there.
pub struct Other {
    site: Site,
    dir: PathBuf,
    region: Option<Arc<Region>>,
    who: BTreeSet<usize>,
    /// Up to here both say the same.
    parted_at: u64,
}

/// Whose tree head a desk keeps.
#[derive(Clone)]
pub struct Kept {
    from_the_other: bool,
    head: SignedTreeHead,
    epoch: String,
    size: u64,
    /// Up to here both said the same when it was kept.
    parted_at: u64,
}

impl World {
    pub(crate) fn is_astray(&self, n: usize) -> bool {
        self.other.as_ref().is_some_and(|other| other.who.contains(&n))
    }

    /// What is asked of “the region” is asked of the other one, until it is called again.
    pub(crate) fn change_places(&mut self) {
        if let Some(other) = &mut self.other {
            std::mem::swap(&mut self.site, &mut other.site);
            std::mem::swap(&mut self.region, &mut other.region);
            std::mem::swap(&mut self.region_dir, &mut other.dir);
        }
    }

    /// With the region that a desk meets.
    pub(crate) fn as_met_by<T>(&mut self, n: usize, look: impl FnOnce(&mut Self) -> T) -> T {
        let astray = self.is_astray(n);
        if astray {
            self.change_places();
        }
        let seen = look(self);
        if astray {
            self.change_places();
        }
        seen
    }

    /// A copy of the region's machine is started beside it; once it is there, desks go over and back.
    pub(crate) fn goes_astray(&mut self, n: usize) -> Step {
        if self.other.is_none() {
            let parted_at = self.region().store().head().expect("the store works").0;
            self.region = None;
            let dir = self.folder("other-region");
            template::copy_region(&self.region_dir, &dir);
            // Files lie where both reach them.
            let blobs = BlobPlace::Folder(template::state_of(&self.region_dir));
            let site = Site::new(&dir.join(template::REGION_DB), None).with_blobs(blobs);
            self.other = Some(Other { site, dir, region: None, who: BTreeSet::new(), parted_at });
            // To whoever comes back from there it is set back without a word.
            self.silent += 1;
            self.restored += 1;
            self.trace.say(format!("another region begins at {parted_at}"));
        }
        // Somebody changes the name's address: half the desks follow with their next call.
        let rest: Vec<usize> = (0..self.desks.len()).filter(|_| self.rng.percent(50)).collect();
        for n in rest.into_iter().chain([n]) {
            let Some(other) = &mut self.other else { continue };
            let goes = other.who.insert(n) || !other.who.remove(&n);
            let desk = &mut self.desks[n];
            (desk.misled, desk.greeted) = (2, None);
            let to = if goes { "the other region" } else { "its region again" };
            self.trace.say(format!("desk {n} goes to {to}"));
        }
        Ok(())
    }

    /// Whoever goes there has one more good day there; then nobody does any more.
    pub(crate) async fn the_other_ends(&mut self) -> Step {
        let who = self.other.iter().flat_map(|other| other.who.iter().copied());
        for n in who.collect::<Vec<_>>() {
            self.whole_round(n).await?;
        }
        let Some(other) = self.other.take() else { return Ok(()) };
        for n in other.who {
            let desk = &mut self.desks[n];
            (desk.misled, desk.greeted) = (2, None);
        }
        self.parted_at = Some(other.parted_at);
        Ok(())
    }

    /// The region was set back: both say the same at most up to here.
    pub(crate) fn parted_before(&mut self, pos: u64) {
        if let Some(other) = &mut self.other {
            other.parted_at = other.parted_at.min(pos);
        }
    }

    /// S33: who was shown an order by one region, and met the other in a whole round, has found it out.
    pub(crate) fn two_orders_are_told(&mut self, n: usize) -> Step {
        let astray = self.is_astray(n);
        let parted_at = self.other.as_ref().map(|other| other.parted_at).or(self.parted_at);
        let Some(parted_at) = parted_at.filter(|_| self.desks[n].greeted == Some(astray)) else {
            self.desks[n].kept = None;
            return Ok(());
        };
        let (kept, found) = self.desks[n]
            .store()
            .read(|conn| {
                let kept: Option<SignedTreeHead> = meta::get(conn, TREE)?;
                let found: Option<Vec<TreeFinding>> = meta::get(conn, TREE_FINDINGS)?;
                Ok((kept, found.unwrap_or_default()))
            })
            .expect("the database answers");
        let now = kept.and_then(|head| {
            let TreeHead { epoch, size, .. } = serde_json::from_str(&head.t).ok()?;
            Some(Kept { from_the_other: astray, head, epoch, size, parted_at })
        });
        let before = std::mem::replace(&mut self.desks[n].kept, now.clone());
        let Some((before, now)) = before.zip(now) else { return Ok(()) };
        // The region's own was set back since: the other one goes on from where they parted before that.
        let parted_at = if before.from_the_other { parted_at } else { before.parted_at };
        let parted = before.from_the_other != astray && before.size > parted_at;
        if !parted || before.epoch != now.epoch {
            return Ok(());
        }
        self.told_apart += 1;
        if !found.iter().any(|f| f.what.old.as_ref() == Some(&before.head)) {
            return broken(
                "S33",
                format!("desk {n} was shown two orders after {parted_at} and did not notice"),
            );
        }
        Ok(())
    }
}
