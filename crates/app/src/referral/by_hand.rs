//! What goes between the station and a body past the region: handing a request over, writing down what the body said
//! (docs/adr/0052).

use crate::api::{CaseDone, ReferralHandOver, ReferralHear};
use crate::append::{Line, Pen, save_one};
use crate::case::undoable;
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::answer::REFUSALS;
use esik_domain::calendar::local;
use esik_domain::case::{CaseState, Referral};
use esik_domain::event::{Body, Heard, ReferralHanded, ReferralHeard, Told};
use esik_domain::ids::ReferralId;
use esik_domain::policy::sees;
use esik_domain::text::normalize_input;
use serde_json::Map;

/// The longest incoming number, in characters: as a body's clerk may give one at the region.
const NUMBER_CHARS_MAX: usize = 64;
/// The longest name of who took it or said it, in characters.
const WHO_CHARS_MAX: usize = 200;

/// Writes down that the request was handed over on paper, by mail, by telephone.
///
/// # Errors
/// `not_found` for one that is not out, `handed_before` when the body has it, `day_ahead`, `day_before_sent`,
/// `text_too_long`, `referral_file_gone`, `letter_circle` for a letter that more officers may know of than of the request.
pub fn referral_hand_over(desk: &Desk, r: ReferralHandOver) -> Result<CaseDone, AppError> {
    let (incoming_number, who) =
        (number_of(&r.incoming_number)?, one_line(&r.told.who, WHO_CHARS_MAX)?);
    let saved = save_one(desk, r.case, |case, pen| {
        let referral = out(case, r.referral)?;
        if !referral.may_hand_over() {
            return Err(AppError::refused("handed_before"));
        }
        let told = told(case, referral, Told { who, ..r.told }, pen)?;
        let body = Body::ReferralHanded(ReferralHanded {
            referral_id: referral.id,
            told,
            incoming_number,
            more: Map::new(),
        });
        Ok(vec![Line { body, base: None, circle: Some(referral.circle.clone()) }])
    })?;
    Ok(undoable(r.case, saved))
}

/// Writes down what the body said by telephone, on paper, by mail: its number, that it takes the request on or refuses it,
/// its answer. What its own clerk says at the region stands above it.
///
/// # Errors
/// `not_found` for one that is not out, `heard_before` when the request is past that, `missing_number`, `missing_reason`,
/// `missing_answer`, `day_ahead`, `day_before_sent`, `text_too_long`, `referral_file_gone`, `letter_circle`.
pub fn referral_hear(desk: &Desk, r: ReferralHear) -> Result<CaseDone, AppError> {
    let (number, who) = (number_of(&r.incoming_number)?, one_line(&r.told.who, WHO_CHARS_MAX)?);
    let text = normalize_input(&r.text).trim().to_owned();
    match r.what {
        Heard::Registered if number.is_empty() => return Err(AppError::refused("missing_number")),
        Heard::Rejected if !REFUSALS.contains(&r.code.as_str()) || text.is_empty() => {
            return Err(AppError::refused("missing_reason"));
        }
        Heard::Answered if text.is_empty() => return Err(AppError::refused("missing_answer")),
        _ => {}
    }
    let saved = save_one(desk, r.case, |case, pen| {
        let referral = out(case, r.referral)?;
        if !referral.may_hear(r.what) {
            return Err(AppError::refused("heard_before"));
        }
        let told = told(case, referral, Told { who, ..r.told }, pen)?;
        let heard = |what, incoming_number, code, text| Line {
            body: Body::ReferralHeard(ReferralHeard {
                referral_id: referral.id,
                what,
                told: told.clone(),
                incoming_number,
                code,
                text,
                more: Map::new(),
            }),
            base: None,
            circle: Some(referral.circle.clone()),
        };
        let mut lines = Vec::new();
        // A number that came along with something else.
        if !number.is_empty()
            && (r.what == Heard::Registered || referral.may_hear(Heard::Registered))
        {
            lines.push(heard(Heard::Registered, number, String::new(), String::new()));
        }
        let code = Some(r.code).filter(|_| r.what == Heard::Rejected).unwrap_or_default();
        match r.what {
            Heard::Registered => {}
            Heard::Accepted => lines.push(heard(r.what, String::new(), code, String::new())),
            Heard::Rejected | Heard::Answered => {
                lines.push(heard(r.what, String::new(), code, text));
            }
        }
        Ok(lines)
    })?;
    Ok(undoable(r.case, saved))
}

/// A request of an open case that left the officer's hands.
pub(super) fn out(case: &CaseState, id: ReferralId) -> Result<&Referral, AppError> {
    if case.closed.is_some() {
        return Err(AppError::refused("not_open"));
    }
    case.referrals
        .iter()
        .find(|x| x.id == id && x.sent_at.is_some() && x.withdrawn.is_none())
        .ok_or_else(|| AppError::refused("not_found"))
}

/// Between the day the request was sent and today; with a letter that is there, for who may know of the request.
pub(super) fn told(
    case: &CaseState,
    referral: &Referral,
    told: Told,
    pen: &Pen,
) -> Result<Told, AppError> {
    if let Some(letter) = told.letter {
        let actor = &pen.open.actor;
        let file = case
            .attachments
            .iter()
            .find(|a| a.id == letter && a.is_kept() && sees(actor, &a.circle, a.by))
            .ok_or_else(|| AppError::refused("referral_file_gone"))?;
        if !referral.circle.is_open() && file.circle != referral.circle {
            return Err(AppError::refused("letter_circle"));
        }
    }
    let sent = referral.sent_at.map(|at| local(at).date_naive());
    if told.day > local(pen.at).date_naive() {
        return Err(AppError::refused("day_ahead"));
    }
    if sent.is_some_and(|sent| told.day < sent) {
        return Err(AppError::refused("day_before_sent"));
    }
    Ok(told)
}

fn number_of(typed: &str) -> Result<String, AppError> {
    one_line(typed, NUMBER_CHARS_MAX)
}

pub(super) fn one_line(typed: &str, chars_max: usize) -> Result<String, AppError> {
    let line = normalize_input(typed).split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > chars_max {
        return Err(AppError::refused("text_too_long"));
    }
    Ok(line)
}
