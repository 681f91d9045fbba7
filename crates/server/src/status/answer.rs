//! Whether a question is answered: one path for whatever is wrong with it.

use super::ask::{ASKER, Ask, By, NUMBER};
use super::shown::Shown;
use crate::region::{Region, failed};
use crate::store::CouponRow;
use esik_domain::calendar::local;
use esik_domain::case::CaseState;
use esik_domain::ids::CaseId;
use esik_wire::{ApiError, planted};
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

/// What the page says.
pub enum Answer {
    /// To whoever holds the coupon.
    Shown(Box<Shown>),
    /// No such number, a wrong code, something that cannot be read, or a case the region has not: all the same.
    Unknown,
    /// Seconds until one may try again.
    Wait(u64),
}

/// Whether somebody holds a coupon.
pub(super) enum Admitted {
    Case(CaseId),
    Unknown,
    /// Seconds until one may try again.
    Wait(u64),
}

impl Region {
    /// Answers a question of the status page; one that could not be read is `None` and takes as long.
    pub(super) async fn how_it_is(
        self: &Arc<Self>,
        ask: Option<Ask>,
        peer: String,
    ) -> Result<Answer, ApiError> {
        let answer = self.off(move |region| region.how_it_is_now(ask.as_ref(), &peer)).await?;
        self.meters.status(match &answer {
            Answer::Shown(_) => "shown",
            Answer::Unknown => "unknown",
            Answer::Wait(_) => "too_often",
        });
        Ok(answer)
    }

    fn how_it_is_now(&self, ask: Option<&Ask>, peer: &str) -> Result<Answer, ApiError> {
        match self.admit(ask, peer)? {
            Admitted::Case(case) => {
                Ok(self.shown(case)?.map_or(Answer::Unknown, |s| Answer::Shown(Box::new(s))))
            }
            Admitted::Unknown => Ok(Answer::Unknown),
            Admitted::Wait(seconds) => Ok(Answer::Wait(seconds)),
        }
    }

    /// Who looks and who speaks prove in the same way that they hold the coupon, and are counted together when they do
    /// not.
    pub(super) fn admit(&self, ask: Option<&Ask>, peer: &str) -> Result<Admitted, ApiError> {
        let now = self.env.now();
        let asked = &self.asked;
        // 128 bits cannot be tried out: whoever shares his address with somebody who tries codes still gets in with
        // his QR code, and only the wrong ones count.
        if let Some(ask) = ask
            && ask.by == By::Secret
        {
            if let Some(case) = self.holder_of(Some(ask))? {
                return Ok(Admitted::Case(case));
            }
            return Ok(match asked.askers.take(peer, ASKER, now) {
                Ok(()) => Admitted::Unknown,
                Err(wait) => Admitted::Wait(wait),
            });
        }
        if let Err(wait) = asked.askers.take(peer, ASKER, now) {
            return Ok(Admitted::Wait(wait));
        }
        if let Some(ask) = ask
            && let Err(wait) = asked.numbers.take(&ask.number, NUMBER, now)
        {
            asked.askers.give_back(peer);
            return Ok(Admitted::Wait(wait));
        }
        let (Some(case), Some(ask)) = (self.holder_of(ask)?, ask) else {
            return Ok(Admitted::Unknown);
        };
        asked.askers.give_back(peer);
        asked.numbers.give_back(&ask.number);
        Ok(Admitted::Case(case))
    }

    /// The case whose coupon this is. Every question asks the store once and compares at least once, in a time that does
    /// not tell how much of the word was right.
    fn holder_of(&self, ask: Option<&Ask>) -> Result<Option<CaseId>, ApiError> {
        let rows = self.store.coupons(ask.map_or("", |a| &a.number)).map_err(failed)?;
        let given = Ask::digest(ask.map_or("", |a| &a.word));
        let by = ask.map_or(By::Code, |a| a.by);
        let nobody = CouponRow {
            number: String::new(),
            case: CaseId(uuid::Uuid::nil()),
            code: "nobody".to_owned(),
            secret: "nobody".to_owned(),
        };
        let mut found = None;
        for row in rows.iter().chain([&nobody]) {
            let kept = if by == By::Code { &row.code } else { &row.secret };
            let fits = bool::from(Ask::digest(kept).ct_eq(&given));
            if fits || planted::is("any_code_opens") && !row.number.is_empty() {
                found = Some(row.case);
            }
        }
        Ok(found)
    }

    /// What the page shows of a case; none of one that is not here.
    pub(super) fn shown(&self, case: CaseId) -> Result<Option<Shown>, ApiError> {
        let state = self.case_view(case)?.state();
        Ok(state.map(|s| self.counted(s)).transpose()?.and_then(|s| self.shown_of(&s)))
    }

    /// The same of a case that is at hand.
    pub(super) fn shown_of(&self, case: &CaseState) -> Option<Shown> {
        Shown::of(case, local(self.env.now()).date_naive())
    }

    /// The case with the days of the calendar that holds.
    pub(super) fn counted(&self, mut case: CaseState) -> Result<CaseState, ApiError> {
        case.recount(&self.calendars().map_err(failed)?);
        Ok(case)
    }
}
