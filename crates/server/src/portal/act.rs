//! What a clerk does to a request: a rule, an event of the region, a commit. Doing the same twice does it once.

use super::clerks::SignedIn;
use crate::plan::{Plan, TRIES};
use crate::region::{Region, busy};
use crate::store::Committed;
use esik_domain::case::{Referral, ReferralState};
use esik_domain::event::{
    AgencyAccepted, AgencyAnswered, AgencyRegistered, AgencyRejected, Body, FileRef,
};
use esik_domain::ids::{CaseId, ReferralId};
use esik_wire::ApiError;
use serde_json::{Map, Value};
use std::sync::{Arc, PoisonError};

/// One act of a clerk, already checked for form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    Register { incoming_number: String },
    Accept,
    Reject { code: String, reason: String },
    Answer { text: String, file: Option<FileRef> },
}

/// Why an act was not done.
#[derive(Debug)]
pub enum ActRefused {
    /// There is no such request for this agency.
    NotFound,
    /// Registered before, under this number.
    Registered(String),
    /// Answered before, with another text.
    Answered,
    /// The request is past that.
    NotNow(ReferralState),
    Failed(ApiError),
}

impl From<ApiError> for ActRefused {
    fn from(e: ApiError) -> Self {
        Self::Failed(e)
    }
}

/// What a clerk may do with a request now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct May {
    pub register: bool,
    pub accept: bool,
    pub reject: bool,
    pub answer: bool,
}

impl May {
    #[must_use]
    pub fn of(r: &Referral) -> Self {
        use ReferralState as S;
        let open = matches!(r.state(), S::Sent | S::Delivered | S::Registered | S::Accepted);
        Self {
            register: open && r.registered.is_none(),
            accept: open && r.accepted.is_none(),
            reject: open,
            answer: open || r.state() == S::AnswerReturned,
        }
    }

    #[must_use]
    pub fn anything(self) -> bool {
        self.register || self.accept || self.reject || self.answer
    }
}

impl Region {
    /// Does it, durably, or tells why not. `Ok` also when it was done before in the same way.
    pub(crate) async fn act(
        self: &Arc<Self>,
        clerk: SignedIn,
        referral: ReferralId,
        act: Act,
    ) -> Result<(), ActRefused> {
        self.off(move |region| match region.act_now(&clerk, referral, &act) {
            Err(ActRefused::Failed(e)) => Err(e),
            other => Ok(other),
        })
        .await?
    }

    fn act_now(&self, clerk: &SignedIn, id: ReferralId, act: &Act) -> Result<(), ActRefused> {
        let request = self.store.request(id).map_err(crate::region::failed)?;
        let case = request
            .filter(|r| r.agency == clerk.agency)
            .map(|r| r.case)
            .ok_or(ActRefused::NotFound)?;
        for _ in 0..TRIES {
            let _one = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
            let mut plan = Plan::start(self)?;
            if done_before(&mut plan, case, id, act)? {
                return Ok(());
            }
            plan.author(case, &body(id, act, clerk), clerk.on_behalf())?;
            if plan.commit(None)? == Committed::Done {
                return Ok(());
            }
        }
        Err(ActRefused::Failed(busy(2)))
    }
}

/// `Ok(true)` when exactly this was done before, `Ok(false)` when it may be done now.
fn done_before(
    plan: &mut Plan<'_>,
    case: CaseId,
    id: ReferralId,
    act: &Act,
) -> Result<bool, ActRefused> {
    let state = plan.case(case)?.state();
    let r = state
        .and_then(|s| s.referrals.into_iter().find(|r| r.id == id))
        .ok_or(ActRefused::NotFound)?;
    let may = May::of(&r);
    let (possible, same) = match act {
        Act::Register { incoming_number } => {
            if let Some(number) = &r.incoming_number
                && number != incoming_number
            {
                return Err(ActRefused::Registered(number.clone()));
            }
            (may.register, r.incoming_number.is_some())
        }
        Act::Accept => (may.accept, r.accepted.is_some() && r.rejected.is_none()),
        Act::Reject { code, reason } => {
            let as_before =
                |x: &esik_domain::case::Rejection| x.code == *code && x.reason == *reason;
            (may.reject, r.rejected.as_ref().is_some_and(as_before))
        }
        Act::Answer { text, file } => {
            let as_before = |a: &esik_domain::case::Answer| {
                a.text == *text
                    && a.file.as_ref().map(|f| &f.hash) == file.as_ref().map(|f| &f.hash)
            };
            let same = r.answered.as_ref().is_some_and(as_before);
            if r.answered.is_some() && !same && !may.answer {
                return Err(ActRefused::Answered);
            }
            (may.answer, same && !may.answer)
        }
    };
    if same && r.withdrawn.is_none() {
        Ok(true)
    } else if possible {
        Ok(false)
    } else {
        Err(ActRefused::NotNow(r.state()))
    }
}

fn body(referral_id: ReferralId, act: &Act, clerk: &SignedIn) -> Body {
    // The login stands in `on_behalf`; a name is what the officer reads.
    let mut more = Map::new();
    more.insert("clerk_name".to_owned(), Value::String(clerk.name.clone()));
    match act.clone() {
        Act::Register { incoming_number } => {
            Body::AgencyRegistered(AgencyRegistered { referral_id, incoming_number, more })
        }
        Act::Accept => Body::AgencyAccepted(AgencyAccepted { referral_id, more }),
        Act::Reject { code, reason } => {
            Body::AgencyRejected(AgencyRejected { referral_id, code, reason, more })
        }
        Act::Answer { text, file } => {
            Body::AgencyAnswered(AgencyAnswered { referral_id, text, file, more })
        }
    }
}
