//! A request that comes back a second time is the head's: without that, bodies send it round for ever.

use super::CaseState;
use crate::ids::{AgencyCode, ReferralId};

/// Refusals after which an officer sends it nowhere by himself.
const BOUNCES_OF_AN_OFFICER: usize = 1;

/// What stands between an officer and a further body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HeadFirst {
    /// Two bodies refused it: the head sends it elsewhere, or takes the dispute on.
    Undecided,
    /// The head decided that it is another body's.
    DecidedOtherwise,
}

impl HeadFirst {
    /// The code people's screens have words for.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Undecided => "second_bounce",
            Self::DecidedOtherwise => "dispute_decided_otherwise",
        }
    }
}

impl CaseState {
    /// May an officer who does not decide disputes send this body what was refused?
    ///
    /// # Errors
    /// [`HeadFirst`] after a second refusal, unless the head gave it to this body.
    pub fn may_resend(&self, refused: ReferralId, to: &AgencyCode) -> Result<(), HeadFirst> {
        if self.bounces(refused).len() <= BOUNCES_OF_AN_OFFICER {
            return Ok(());
        }
        let dispute = self.disputes.iter().rfind(|d| d.referral == refused);
        match dispute.and_then(|d| d.settled.as_ref()) {
            Some(settled) if settled.agency == *to => Ok(()),
            Some(_) => Err(HeadFirst::DecidedOtherwise),
            None => Err(HeadFirst::Undecided),
        }
    }
}
