//! Moments that a wrong clock wrote, and what they become once the clock was compared with the region's
//! (`settled.md` 1, adr/0029). Order never depends on them; terms of law and of service do.
//!
//! The desk compares at every contact and writes [`ClockCorrected`] into the streams concerned. The fold of a
//! stream reads every event of it at its corrected moment; days that stand in those events are counted anew
//! by `crate::recount`, and both stay known.

use crate::calendar::local;
use crate::event::{Body, ClockCorrected, CorrectedMoment, Envelope};
use crate::fold::{Entry, Standing};
use crate::ids::{DeviceId, EventId};
use crate::recount::Which;
use chrono::{DateTime, Datelike as _, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A clock that is off by less is right (`reliability.md` S19).
pub const TOLERANCE: Duration = Duration::minutes(5);
/// A day somebody chose is at most so far ahead of the moment he chose it, in days.
const CHOSEN_DAYS_MAX: i64 = 366;
/// Second since 1970 before which no record of this program can have been made: the first of January 2026.
const EARLIEST_S: i64 = 1_767_225_600;

const KIND: &str = "clock_corrected";

/// Longer than this no desk that works is without any contact: the clock is what is wrong.
const ALONE: Duration = Duration::days(366);

/// The last contact with the region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contact {
    /// The region's time then.
    pub at: DateTime<Utc>,
    /// Region's time minus the clock's, then.
    pub offset: Duration,
}

/// The region's time while the clock shows `clock`, as far as a desk without a line can tell.
///
/// Of the clock by the difference that was measured at the last contact, and of the clock as it is (somebody has set it
/// right since), the first that is possible holds: no earlier than that contact, and less than a year after it. When
/// neither is, it is that contact's.
///
/// A clock that went some months ahead since the contact is believed on purpose. It cannot be told from a computer that
/// lay unused for as long, and of the two the second is common: whoever comes back in January to a desk that was last
/// used in November must get the new year. Work saved in between proves nothing either, as it carries the same clock.
#[must_use]
pub fn region_time(clock: DateTime<Utc>, last: Option<Contact>) -> DateTime<Utc> {
    last.map_or(clock, |last| {
        let possible = |at: &DateTime<Utc>| *at >= last.at - TOLERANCE && *at - last.at < ALONE;
        let written = clock.checked_add_signed(last.offset);
        written.into_iter().chain([clock]).find(possible).unwrap_or(last.at)
    })
}

/// The calendar year, in Almaty, of a register number that is given while the clock shows `clock`: of [`region_time`].
#[must_use]
pub fn year_of_number(clock: DateTime<Utc>, last: Option<Contact>) -> i32 {
    local(region_time(clock, last)).year()
}

/// What is known when a desk compares its clock with the region's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comparison {
    /// The region's time at the last contact before; none at the first one.
    pub since: Option<DateTime<Utc>>,
    /// The region's time now.
    pub now: DateTime<Utc>,
    /// Region's time minus the clock's, now.
    pub offset: Duration,
    /// By how much that difference, or the one known before, may be wrong: half of the time an answer took.
    pub uncertain: Duration,
}

/// An event that was saved since the last contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Saved {
    pub event: EventId,
    /// What the clock itself showed.
    pub clock: DateTime<Utc>,
    /// The moment as it was written: by the offset that was known then.
    pub at: DateTime<Utc>,
}

impl Comparison {
    fn tolerance(&self) -> Duration {
        TOLERANCE + self.uncertain
    }

    fn possible(&self, at: DateTime<Utc>) -> bool {
        let earliest = self.since.or_else(|| DateTime::from_timestamp(EARLIEST_S, 0));
        let some = self.tolerance();
        earliest.is_none_or(|e| at >= e - some) && at <= self.now + some
    }

    /// Corrected moments of events of one chain, in its order; those that are right are not among them.
    ///
    /// Nothing was saved before the last contact or after now. Of the moment as it was written and the same by
    /// the clock as it is off now, the possible one holds, of two possible ones the earlier: a doubt never gives
    /// the desk more time than the law does. When neither is possible (somebody set the clock in between) it is the
    /// latest moment before it that is known: of the event before, of the last contact.
    #[must_use]
    pub fn correct(&self, saved: impl IntoIterator<Item = Saved>) -> Vec<CorrectedMoment> {
        let mut known = self.since;
        let mut out = Vec::new();
        for s in saved {
            let shifted = s.clock.checked_add_signed(self.offset).filter(|t| self.possible(*t));
            let (at, guessed) = match (Some(s.at).filter(|t| self.possible(*t)), shifted) {
                (Some(written), Some(t)) if t < written - self.tolerance() => (t, false),
                (Some(written), _) => (written, false),
                (None, Some(t)) => (t, false),
                (None, None) => (known.unwrap_or(self.now), true),
            };
            let at = at.min(self.now);
            known = Some(known.map_or(at, |k| k.max(at)));
            // What stays as it was written may be some minutes ahead: that is not corrected.
            if (at - s.at).abs() > self.tolerance() {
                out.push(CorrectedMoment { event: s.event, at, guessed });
            }
        }
        out
    }
}

/// A moment that was corrected, as the fold knows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Corrected {
    pub event: EventId,
    /// As it was written.
    pub was: DateTime<Utc>,
    /// What holds.
    pub now: DateTime<Utc>,
    /// Neither the clock nor its difference tells: not before this moment.
    pub guessed: bool,
    /// The region's time when the clocks were compared.
    pub measured_at: DateTime<Utc>,
}

/// A day of a case that was said under a wrong clock.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Restated {
    pub which: Which,
    /// The moment it was counted from when it was written.
    pub was: DateTime<Utc>,
    /// What that moment is now.
    pub now: DateTime<Utc>,
}

/// The moments that hold otherwise than written, by event. A correction counts for events of the device that
/// wrote it, and the first one holds: nothing is corrected twice.
#[must_use]
pub fn corrections(entries: &[Entry]) -> BTreeMap<EventId, Corrected> {
    let mut out = BTreeMap::new();
    if !entries.iter().any(|e| e.event.kind == KIND) {
        return out;
    }
    let written: BTreeMap<EventId, (DeviceId, DateTime<Utc>)> =
        entries.iter().map(|e| (e.event.id, (e.event.device_id, e.event.occurred_at))).collect();
    for e in entries.iter().filter(|e| !matches!(e.standing, Standing::Refused(_))) {
        let Body::ClockCorrected(b) = e.event.read_body() else { continue };
        for m in b.moments {
            let Some((device, was)) = written.get(&m.event).copied() else { continue };
            if device == e.event.device_id && m.at <= b.measured_at {
                out.entry(m.event).or_insert(Corrected {
                    event: m.event,
                    was,
                    now: m.at,
                    guessed: m.guessed,
                    measured_at: b.measured_at,
                });
            }
        }
    }
    out
}

/// The entries, each at the moment that holds.
pub(crate) fn at_their_moments<'a>(
    entries: &'a [Entry],
    corrected: &BTreeMap<EventId, Corrected>,
) -> Cow<'a, [Entry]> {
    if corrected.is_empty() {
        return Cow::Borrowed(entries);
    }
    let mut out = entries.to_vec();
    for e in &mut out {
        if let Some(c) = corrected.get(&e.event.id) {
            e.event.occurred_at = c.now;
            if e.event.kind == "referral_reminded" {
                remind_later(&mut e.event.body, c);
            }
        }
    }
    Cow::Owned(out)
}

/// A body sees a reminder as long after it was written as was meant, not in ten years.
fn remind_later(body: &mut Value, c: &Corrected) {
    let Some(at) = body.get_mut("not_before") else { return };
    let said = serde_json::from_value::<DateTime<Utc>>(at.clone()).ok();
    let meant = said.and_then(|t| c.now.checked_add_signed(t - c.was));
    if let Some(Ok(meant)) = meant.map(serde_json::to_value) {
        *at = meant;
    }
}

/// Days that stand in events whose moment was corrected.
pub(crate) fn restated(
    entries: &[Entry],
    corrected: &BTreeMap<EventId, Corrected>,
    left_out: &BTreeSet<EventId>,
) -> Vec<Restated> {
    let mut out = Vec::new();
    let stand = entries
        .iter()
        .filter(|e| !matches!(e.standing, Standing::Refused(_)) && !left_out.contains(&e.event.id));
    for e in stand.map(|e| &e.event) {
        let Some(c) = corrected.get(&e.id) else { continue };
        let mut say = |which| out.push(Restated { which, was: c.was, now: c.now });
        match e.read_body() {
            Body::CaseOpened(_) => say(Which::Legal),
            Body::ReferralDrafted(b) => {
                say(Which::Answer(b.referral_id));
                say(Which::Redirect(b.referral_id));
            }
            Body::ReferralReopened(b) => say(Which::Answer(b.referral_id)),
            Body::ReferralSent(_) => say(Which::Notice(e.id)),
            Body::ExtensionDecided(_) => {
                say(Which::Extension(e.id));
                say(Which::Notice(e.id));
            }
            Body::TaskAssigned(b) => say(Which::Task(b.task_id)),
            _ => {}
        }
    }
    out
}

impl Restated {
    /// A day that was chosen under the wrong clock: one that makes sense seen from the right moment was meant as it
    /// stands; any other one is as far from that moment as it was from the wrong one.
    #[must_use]
    pub fn chosen(&self, day: NaiveDate) -> NaiveDate {
        let (was, now) = (local(self.was).date_naive(), local(self.now).date_naive());
        let ahead = (day - now).num_days();
        if (0..=CHOSEN_DAYS_MAX).contains(&ahead) {
            return day;
        }
        let meant = (day - was).num_days().clamp(0, CHOSEN_DAYS_MAX);
        now.checked_add_signed(Duration::days(meant)).unwrap_or(now)
    }
}

/// May this correction stand, of what the region recorded when? A corrected moment after the region had the event
/// would lengthen a term (`settled.md` 1); a correction of what another device wrote is none.
#[must_use]
pub fn holds(
    e: &Envelope,
    correction: &ClockCorrected,
    recorded: impl Fn(EventId) -> Option<(DeviceId, DateTime<Utc>)>,
    now: DateTime<Utc>,
) -> bool {
    correction.measured_at <= now + TOLERANCE
        && correction.moments.iter().all(|m| {
            m.at <= correction.measured_at
                && recorded(m.event)
                    .is_none_or(|(device, at)| device == e.device_id && m.at <= at + TOLERANCE)
        })
}
