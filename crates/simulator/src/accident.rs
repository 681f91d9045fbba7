//! What happens to folders: copies of an earlier day come back, or are used beside the original.

use crate::check;
use crate::desk::{Desk, Seated};
use crate::swarm::Fault;
use crate::template;
use crate::world::{Step, World, broken};
use esik_domain::ids::EventId;
use esik_store::keys::{KdfParams, Keyring};
use esik_store::profile::Profile;
use esik_store::{mend, numbers};
use esik_wire::EnrollRequest;
use esik_wire::signed::key_text;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

/// Who holds an event when no desk does: the region, as it promised.
pub const NOBODY: usize = usize::MAX;

impl World {
    /// A copy of the desk's folder, as a backup or a snapshot of the machine makes it.
    fn copy_folder(&mut self, n: usize) -> PathBuf {
        let to = self.folder("copy");
        self.desks[n].stop();
        template::copy(&self.desks[n].dir, &to);
        self.desks[n].start();
        to
    }

    /// The desk goes back to an earlier day: by the restore command, or by hand behind its back.
    pub(crate) fn set_back_desk(&mut self, n: usize, how: Fault) -> Step {
        if self.desks[n].copies.is_empty() || self.rng.percent(50) {
            let copy = self.copy_folder(n);
            self.desks[n].copies.push(copy);
            self.trace.say(format!("desk {n} is copied"));
            return Ok(());
        }
        let at = self.rng.below(self.desks[n].copies.len());
        let copy = self.desks[n].copies[at].clone();
        self.desks[n].copies.truncate(at + 1);
        let desk = &mut self.desks[n];
        desk.kept = None;
        desk.stop();
        std::fs::remove_dir_all(&desk.dir).expect("the folder goes");
        template::copy(&copy, &desk.dir);
        desk.unaware = how == Fault::RollBack;
        if how == Fault::RestoreDesk {
            // As the restore command does it.
            let mut keyring =
                Keyring::open(&desk.dir, KdfParams::FLOOR).expect("the keyring opens");
            let chance = self.chance.clone();
            let life = keyring.next_incarnation(&desk.drk, &mut |out| chance.fill(out));
            let (device, life) = (desk.device, life.expect("a new life"));
            desk.start();
            desk.store().write(move |tx| numbers::give_up(tx, device, life)).expect("kept");
        } else {
            desk.start();
        }
        // Who joined after that day does not sign in here any more.
        let here = desk.store().read(esik_store::officers::local).expect("the database answers");
        let known = |s: &Seated| here.iter().any(|card| card.id == s.card.id);
        self.ledger.forgotten.extend(desk.seated.iter().filter(|s| !known(s)).map(|s| s.card.id));
        desk.seated.retain(known);
        desk.hears();
        // Nobody told the program: it may find another copy of itself, or that the region knows more of it.
        desk.twinned |= how == Fault::RollBack;
        self.after_loss(n);
        let lost = self.forget_the_lost();
        self.trace.say(format!("desk {n} is set back ({how:?}): {lost} events were only there"));
        check::holds_its_own(self, n)
    }

    /// Pages of the desk's database are damaged, and whoever signs in mends it (adr/0042). What the region has not spoken on is
    /// still there, in the spare; the rest may have to come from the region.
    pub(crate) fn rot(&mut self, n: usize) -> Step {
        let desk = &mut self.desks[n];
        let (profile, key) = (Profile::at(&desk.dir), desk.drk.db_key());
        let (store, now) = (desk.store(), desk.clock.read());
        // By hand: when a thread of its own would bring it up to date depends on the machine.
        store.keep_spare(&profile, &key, None).expect("a thread");
        store.flush().expect("the spare is written");
        let unsent: Vec<EventId> = check::unsent(&store)
            .into_iter()
            .filter(|id| self.ledger.saved.contains_key(id))
            .collect();
        drop(store);
        desk.stop();
        let mut bytes = std::fs::read(profile.db()).expect("a file");
        let pages = 1 + self.rng.below(12);
        for _ in 0..pages {
            let at = self.rng.below(bytes.len());
            bytes[at] ^= 1 << self.rng.below(8);
        }
        std::fs::write(profile.db(), bytes).expect("a file");
        // As the sign-in does it.
        let mut keyring = Keyring::open(&desk.dir, KdfParams::FLOOR).expect("the keyring opens");
        let chance = self.chance.clone();
        let life = keyring.next_incarnation(&desk.drk, &mut |out| chance.fill(out));
        let life = life.expect("a new life");
        let mended = mend::mend(&profile, &key, (desk.device, life), now).expect("it is mended");
        (desk.unaware, desk.kept) = (false, None);
        desk.start();
        desk.store().write(|tx| esik_app::sync::again::mended(tx)).expect("kept");
        self.after_loss(n);
        let lost = self.forget_the_lost();
        self.trace.say(format!(
            "desk {n} is mended of {pages} damaged pages: {} events read, {} spared, {lost} were only there",
            mended.events, mended.spared
        ));
        let held = check::ids(&self.desks[n]);
        if let Some(id) = unsent.iter().find(|id| !held.contains(id)) {
            return broken("S2", format!("desk {n} lost {id}, which it alone had"));
        }
        check::holds_its_own(self, n)
    }

    /// What the desk does not hold any more it does not have to hold.
    fn after_loss(&mut self, n: usize) {
        let left: BTreeSet<EventId> = check::ids(&self.desks[n]);
        for (id, w) in &mut self.ledger.saved {
            if w.at == n && !left.contains(id) {
                w.at = NOBODY;
            }
        }
    }

    /// What neither the region nor any desk holds any more is lost: nobody promised to bring it back (S2). How many.
    fn forget_the_lost(&mut self) -> usize {
        let region = self.region();
        let mut held: BTreeSet<EventId> = self.desks.iter().flat_map(check::ids).collect();
        let saved: Vec<EventId> = self.ledger.saved.keys().copied().collect();
        held.extend(region.store().known(&saved).expect("the store works").keys());
        // Set aside and refused ones lie there too.
        held.extend(check::region::sent_back(self, &region));
        let before = self.ledger.gone.len();
        self.ledger.gone.extend(saved.into_iter().filter(|id| !held.contains(id)));
        self.ledger.gone.len() - before
    }

    /// A second machine with a copy of the desk's folder begins to work.
    pub(crate) fn clone_desk(&mut self, n: usize) -> Step {
        let again = self.desks[n].twinned && !self.plan.has(Fault::ThirdCopy);
        if self.desks.len() >= 9 || again {
            return Ok(());
        }
        let dir = self.copy_folder(n);
        let of = &self.desks[n];
        let mut clock = of.clock.clone();
        clock.wrong_by_ms = Arc::new(AtomicI64::new(0));
        let twin = self.desks.len();
        let mut desk = Desk { n: twin, dir, clock, running: None, ..of.like() };
        desk.start();
        for one in [&mut desk, &mut self.desks[n]] {
            (one.twinned, one.unaware) = (true, true);
        }
        self.desks.push(desk);
        self.trace.say(format!("desk {twin} is a copy of desk {n}"));
        Ok(())
    }

    /// A desk that was told of another copy of itself joins again, as its screen offers (S17).
    ///
    /// # Errors
    /// When it cannot.
    pub(crate) async fn join_again(&mut self, n: usize) -> Step {
        if !matches!(self.desks[n].last.as_deref(), Some("fork" | "rolled_back")) {
            return Ok(());
        }
        let (region, station) = (self.region(), self.desks[n].station.to_string());
        let code = self.code(&station);
        let (desk, chance) = (&mut self.desks[n], self.chance.clone());
        let mut keyring = Keyring::open(&desk.dir, KdfParams::FLOOR).expect("the keyring opens");
        let key = keyring.device_key(&desk.drk).expect("the device's key");
        let (mut known, mut tries) = (desk.incarnation(), 0);
        let (life, answer) = loop {
            let life = Keyring::life_after(known, &mut |out| chance.fill(out));
            let request = EnrollRequest {
                code: code.clone(),
                device_id: desk.device,
                incarnation: life,
                device_key: key_text(&key.verifying_key()),
                officers: desk.seated.iter().map(|s| s.card.clone()).collect(),
                version: "0.1.0".to_owned(),
            };
            match region.enroll(request, format!("desk-{n}")).await {
                Ok(answer) => break (life, answer),
                Err(e) if tries < 3 => {
                    known = e.expected.and_then(|n| u32::try_from(n).ok()).unwrap_or(known);
                    tries += 1;
                }
                Err(e) => return broken("S17", format!("desk {n} cannot join again: {e}")),
            }
        };
        esik_app::sync::again::record_again(
            &desk.store(),
            desk.device,
            "https://region",
            &answer,
            life,
        )
        .expect("kept");
        desk.stop();
        keyring.begin_life(life, &desk.drk).expect("a new life");
        desk.start();
        (desk.last, desk.unaware, desk.kept) = (None, false, None);
        self.joined_again += 1;
        self.trace.say(format!("desk {n} joins again as life {life}"));
        check::holds_its_own(self, n)
    }

    /// S15: a region set back to an earlier day does not open as if nothing had happened; accepted, it
    /// goes on under another epoch. When its whole machine was set back, it cannot know.
    pub(crate) fn set_back_region(&mut self, how: Fault) -> Step {
        self.region = None;
        if self.region_copies.is_empty() || self.rng.percent(60) {
            let to = self.folder("region-copy");
            std::fs::create_dir_all(&to).expect("a folder");
            template::copy_database(&self.region_dir, &to);
            copy_marks(&self.region_dir, &to);
            self.region_copies.push(to);
            self.trace.say("the region is copied".to_owned());
            return Ok(());
        }
        let at = self.rng.below(self.region_copies.len());
        let copy = self.region_copies[at].clone();
        // What was copied after that day never happened.
        self.region_copies.truncate(at + 1);
        let region = self.region();
        self.site.remember(&region).expect("the mark is written");
        let before = region.store().head().expect("the store works").0;
        drop(region);
        self.region = None;
        template::copy_database(&copy, &self.region_dir);
        if how == Fault::SilentRestore {
            copy_marks(&copy, &self.region_dir);
            self.silent += 1;
            // The one under way, and the next.
            self.desks.iter_mut().for_each(|desk| desk.misled = 2);
            return self.went_back(before);
        }
        if let Ok(opened) = self.site.open(self.env.clone())
            && opened.store().head().expect("the store works").0 < before
        {
            return broken("S15", "a region set back opens as if nothing had happened");
        }
        self.accept_restore();
        self.went_back(before)
    }

    /// The operator says that the region was restored: it begins another epoch.
    pub(crate) fn accept_restore(&mut self) {
        self.region = None;
        self.site.accept_restore(self.env.clone()).expect("the restore is accepted");
        self.trace.say("the operator accepts that the region was restored".to_owned());
    }

    fn went_back(&mut self, before: u64) -> Step {
        if self.plan.has(Fault::LoseFiles) {
            self.region_loses_some(50);
        }
        self.restored += 1;
        self.forget_the_lost();
        let now = self.region().store().head().expect("the store works").0;
        self.parted_before(now);
        self.trace.say(format!("the region is set back from {before} to {now}"));
        Ok(())
    }
}

/// What lies beside the database and tells that it is older.
fn copy_marks(from: &Path, to: &Path) {
    let (from, to) = (template::state_of(from), template::state_of(to));
    std::fs::create_dir_all(&to).expect("a folder");
    for name in ["epoch", "numbers"] {
        let (from, to) = (from.join(name), to.join(name));
        let _ = std::fs::remove_file(&to);
        if from.exists() {
            std::fs::copy(from, to).expect("a copy");
        }
    }
}
