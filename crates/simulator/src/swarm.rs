//! Which accidents a seed has: a random handful each time, because runs with few faults find more
//! than runs with all of them at once.

use crate::chance::Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One kind of accident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// A request does not arrive.
    LoseRequest,
    /// A request arrives, its answer does not.
    LoseAnswer,
    /// A request arrives twice.
    Double,
    /// A request arrives much later, after others; its sender has given up.
    Delay,
    /// A message breaks off in the middle.
    Cut,
    /// No line at all for a while.
    NoLine,
    /// The region is busy, or fails.
    Busy,
    /// A desk's program ends between two steps of a round.
    CrashDesk,
    /// A desk's program ends right before or right after a commit.
    CrashAtCommit,
    /// The region's program ends before or after it handled a call.
    CrashRegion,
    /// Clocks are wrong by up to ten years, and jump.
    Clocks,
    /// The region is restored from a copy of an earlier day.
    RestoreRegion,
    /// A desk is restored from a copy of an earlier day, as the restore command does it.
    RestoreDesk,
    /// A desk's folder is put back to an earlier day by hand: nobody tells the program.
    RollBack,
    /// A desk's folder is copied to a second machine, and both work.
    Clone,
    /// The program is changed for the one before or after: another protocol, another fold.
    Versions,
    /// Somebody at the station sends events that are no good.
    Poison,
    /// Desks write kinds that a newer program knows.
    Future,
    /// Officers join in the middle.
    NewOfficers,
    /// The region lies: alters, forges, withholds, repeats.
    Liar,
    /// A copied desk is copied once more: three machines and more with one device.
    ThirdCopy,
    /// Officers put files to cases, look at those of others and take some back; a month may pass.
    Files,
    /// The region loses pieces of files, and comes back from a copy without some.
    LoseFiles,
    /// A bit flips in a file, at the region or at a desk.
    FlipBit,
    /// The region publishes calendars and cards.
    Publications,
    /// Officers join for whom nobody vouches until later.
    LateVoucher,
    /// Pages of a desk's database rot, and whoever signs in next mends it.
    Rot,
    /// Open cases go into a circle.
    Restrict,
    /// The region's whole machine is set back to an earlier day, and nobody says so.
    SilentRestore,
    /// The region's program ends in the middle of a call, between two of its commits.
    DieInside,
    /// Two programs of the region answer at once, each from a history of its own.
    TwoRegions,
    /// Officers come into a circle and leave it.
    Circles,
    /// Officers leave the service.
    Leaving,
}

/// All of them.
pub const ALL: &[Fault] = &[
    Fault::LoseRequest,
    Fault::LoseAnswer,
    Fault::Double,
    Fault::Delay,
    Fault::Cut,
    Fault::NoLine,
    Fault::Busy,
    Fault::CrashDesk,
    Fault::CrashAtCommit,
    Fault::CrashRegion,
    Fault::Clocks,
    Fault::RestoreRegion,
    Fault::RestoreDesk,
    Fault::RollBack,
    Fault::Clone,
    Fault::Versions,
    Fault::Poison,
    Fault::Future,
    Fault::NewOfficers,
    Fault::Liar,
];

/// Drawn by a chance of their own, so that a seed of before is what it was.
pub const LATER: &[Fault] = &[
    Fault::ThirdCopy,
    Fault::Files,
    Fault::LoseFiles,
    Fault::FlipBit,
    Fault::Publications,
    Fault::LateVoucher,
    Fault::Rot,
];

/// The same again.
pub const LATEST: &[Fault] = &[Fault::Restrict];

/// And again. A new one goes to the end.
pub const NEWEST: &[Fault] =
    &[Fault::SilentRestore, Fault::DieInside, Fault::TwoRegions, Fault::Circles, Fault::Leaving];

/// What a seed is about. Saved with a seed that fails, and read back to replay it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Plan {
    pub seed: u64,
    pub desks: usize,
    pub steps: usize,
    pub faults: BTreeSet<Fault>,
}

impl Plan {
    /// The plan of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x5151_5151);
        let share = 10 + 15 * rng.below(4) as u64;
        let mut later = Rng::new(seed ^ 0x7A7A_7A7A);
        let mut faults: BTreeSet<Fault> =
            ALL.iter().copied().filter(|_| rng.percent(share)).collect();
        faults.extend(LATER.iter().filter(|_| later.percent(35)));
        let mut latest = Rng::new(seed ^ 0x3C3C_3C3C);
        faults.extend(LATEST.iter().filter(|_| latest.percent(35)));
        let mut newest = Rng::new(seed ^ 0x1B1B_1B1B);
        faults.extend(NEWEST.iter().filter(|_| newest.percent(20)));
        Self { seed, desks: 3 + rng.below(6), steps: 60 + rng.below(140), faults }.settled()
    }

    /// A liar has the stage for itself: after it nothing can be promised but safety.
    fn settled(mut self) -> Self {
        if self.faults.contains(&Fault::Liar) {
            self.faults.remove(&Fault::RestoreRegion);
            self.faults.remove(&Fault::SilentRestore);
            self.faults.remove(&Fault::TwoRegions);
        }
        if !self.faults.contains(&Fault::Files) {
            self.faults.remove(&Fault::LoseFiles);
            self.faults.remove(&Fault::FlipBit);
        }
        if !self.faults.contains(&Fault::Clone) {
            self.faults.remove(&Fault::ThirdCopy);
        }
        self
    }

    #[must_use]
    pub fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// Whether the region may be set back, with a word or without, or be so in the eyes of a desk.
    #[must_use]
    pub fn sets_back_region(&self) -> bool {
        [Fault::RestoreRegion, Fault::SilentRestore, Fault::TwoRegions].iter().any(|f| self.has(*f))
    }

    /// Whether open cases go into a circle. Where officers leave one there has to be something in it that others wrote.
    #[must_use]
    pub fn restricts(&self) -> bool {
        [Fault::Restrict, Fault::Circles].iter().any(|f| self.has(*f))
    }

    /// Whether officers leave or change their circles: then some of what they wrote may wait for a person.
    #[must_use]
    pub fn changes_people(&self) -> bool {
        [Fault::Circles, Fault::Leaving].iter().any(|f| self.has(*f))
    }

    /// Whether, once the faults stop, everything has to converge. Not after a liar: what it altered was
    /// set aside for a person.
    #[must_use]
    pub fn is_live(&self) -> bool {
        !self.has(Fault::Liar)
    }
}
