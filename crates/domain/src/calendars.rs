//! The calendars a desk knows: the one that holds, the one before it, and earlier ones by version, so
//! that a day counted with another edition can be told beside the day that holds.

use crate::calendar::{Calendar, DayKind};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, LazyLock};

/// Days that are looked through for differences, at most: a term is never longer.
const SPAN_MAX: usize = 800;

/// A day that one edition calls working and another does not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct DayChange {
    pub date: NaiveDate,
    /// Working by the edition that holds now.
    pub working: bool,
    /// Key of the holiday's name, when it is one now.
    pub holiday: Option<String>,
}

/// The editions, never empty.
#[derive(Clone, PartialEq, Debug)]
pub struct Calendars {
    now: Arc<Calendar>,
    before: Arc<Calendar>,
    earlier: Vec<Arc<Calendar>>,
}

impl Calendars {
    /// Only what the program ships.
    #[must_use]
    pub fn shipped() -> Arc<Calendars> {
        static ONLY: LazyLock<Arc<Calendars>> = LazyLock::new(|| {
            let now = Arc::new(Calendar::shipped());
            Arc::new(Calendars { before: Arc::clone(&now), now, earlier: Vec::new() })
        });
        Arc::clone(&ONLY)
    }

    /// These editions and the shipped one. The highest edition holds, whatever order they come in: an
    /// older one that arrives late, or again, changes no day.
    #[must_use]
    pub fn of(editions: Vec<Calendar>) -> Calendars {
        let mut all: Vec<Arc<Calendar>> = editions.into_iter().map(Arc::new).collect();
        // Of two of one edition the region's stands, being the one that somebody answers for.
        all.push(Arc::new(Calendar::shipped()));
        all.sort_by_key(|c| std::cmp::Reverse(c.edition()));
        all.dedup_by_key(|c| c.edition());
        Self::sorted(all).unwrap_or_else(|| Calendars::clone(&Calendars::shipped()))
    }

    /// From the newest to the oldest.
    fn sorted(all: Vec<Arc<Calendar>>) -> Option<Calendars> {
        let mut rest = all.into_iter();
        let now = rest.next()?;
        let earlier: Vec<Arc<Calendar>> = rest.collect();
        let before = earlier.first().map_or_else(|| Arc::clone(&now), Arc::clone);
        Some(Calendars { now, before, earlier })
    }

    /// As a desk that holds this version sees them; none when it is not known here.
    #[must_use]
    pub fn until(&self, version: &str) -> Option<Calendars> {
        let edition = self.by_version(version)?.edition();
        let then: Vec<Arc<Calendar>> = std::iter::once(&self.now)
            .chain(&self.earlier)
            .filter(|c| c.edition() <= edition)
            .cloned()
            .collect();
        Self::sorted(then)
    }

    /// The edition that holds.
    #[must_use]
    pub fn now(&self) -> &Calendar {
        &self.now
    }

    /// The edition that held before it; the same one when there was none.
    #[must_use]
    pub fn before(&self) -> &Calendar {
        &self.before
    }

    /// An edition by its version; none when this desk never had it.
    #[must_use]
    pub fn by_version(&self, version: &str) -> Option<&Calendar> {
        self.all().find(|c| c.version == version)
    }

    /// The newest first.
    pub fn all(&self) -> impl Iterator<Item = &Calendar> {
        std::iter::once(&self.now).chain(&self.earlier).map(Arc::as_ref)
    }

    /// Days from `from` to `until`, both included, that the edition `earlier` and the present one see
    /// differently.
    #[must_use]
    pub fn changes(&self, earlier: &Calendar, from: NaiveDate, until: NaiveDate) -> Vec<DayChange> {
        from.iter_days()
            .take(SPAN_MAX)
            .take_while(|day| *day <= until)
            .filter(|day| earlier.is_working(*day) != self.now.is_working(*day))
            .map(|date| {
                let kind = self.now.day(date);
                DayChange {
                    date,
                    working: kind.is_working(),
                    holiday: match kind {
                        DayKind::Holiday { name_code } => Some(name_code),
                        DayKind::Working | DayKind::Weekend | DayKind::WorkingWeekend => None,
                    },
                }
            })
            .collect()
    }
}
