//! The verbs of a run: a visitor comes, is asked, leaves; the bodies answer; the officer is told how
//! it went.

use super::bodies;
use super::enter::is_guest;
use super::marks;
use super::run::{self, EarlierCase, Run, practising};
use crate::api::{
    CaseClose, Changed, DraftRef, IntakeFinish, IntakeForm, Nothing, PracticeAsk, PracticeBoard,
    PracticeLine, PracticeNews, PracticeQuestion, PracticeRun, PracticeStart, PracticeTurn,
    ReferralCheck, ReferralForm,
};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use chrono::Datelike as _;
use esik_domain::calendar::local;
use esik_domain::case::ReferralState;
use esik_domain::event::{Disclosed, Party, Word};
use esik_domain::number::Lease;
use esik_domain::training::{Earlier, Scenario, Want, When, met, scenario, shipped};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers of a year on a practice desk; they are nobody's.
const NUMBERS: u64 = 1_000_000;

/// Scenarios, progress, and the run under way.
///
/// # Errors
/// `not_practice` on a real desk.
pub fn practice_board(desk: &Desk, _: Nothing) -> Result<PracticeBoard, AppError> {
    board(&*practising(desk)?)
}

/// A visitor comes to the desk. Whoever was there before has left.
///
/// # Errors
/// `not_practice`, `not_found` for an unknown scenario.
pub fn practice_start(desk: &Desk, r: PracticeStart) -> Result<PracticeBoard, AppError> {
    let open = practising(desk)?;
    let scenario = scenario(&r.scenario).ok_or_else(|| AppError::refused("not_found"))?;
    drop_draft(desk, &open)?;
    let lease = Lease {
        station: open.station.clone(),
        year: local(desk.env().now()).year(),
        from: 1,
        to: NUMBERS,
        expires: None,
    };
    open.store.write(move |tx| esik_store::numbers::add_lease(tx, &lease))?;
    let earlier = scenario.earlier.as_ref().map(|e| there_before(desk, &open, e)).transpose()?;
    let draft = crate::intake::draft::draft_open(desk, Nothing {})?;
    let run = Run {
        scenario: scenario.code.clone(),
        started_at: desk.env().now(),
        draft: draft.id,
        earlier,
        asked: BTreeSet::new(),
        hinted: BTreeSet::new(),
        hint: None,
        returned: false,
        turns: BTreeMap::new(),
        news: Vec::new(),
        ended_at: None,
    };
    run::save(&open, &run)?;
    board(&open)
}

/// Puts a question; the visitor answers.
///
/// # Errors
/// `not_practice`, `not_found` without a run or for a question the scenario has not.
pub fn practice_ask(desk: &Desk, r: PracticeAsk) -> Result<PracticeBoard, AppError> {
    let open = practising(desk)?;
    let (mut run, scenario) = under_way(&open)?;
    let question = scenario.question(&r.question).ok_or_else(|| AppError::refused("not_found"))?;
    if question.when == When::Call && run::case(&open, &run)?.is_none() {
        return Err(AppError::refused("not_open"));
    }
    run.asked.insert(question.code.clone());
    run::save(&open, &run)?;
    board(&open)
}

/// The next thing that is still missing, at half its points.
///
/// # Errors
/// `not_practice`, `not_found` without a run.
pub fn practice_hint(desk: &Desk, _: Nothing) -> Result<PracticeBoard, AppError> {
    let open = practising(desk)?;
    let (mut run, scenario) = under_way(&open)?;
    let played = run::played(&open, &run, desk.env().now(), true)?;
    run.hint = scenario
        .expect
        .iter()
        .enumerate()
        // How long it took is no advice; what was once hinted and still missing is said again.
        .filter(|(_, e)| e.want != Want::InTime && !met(scenario, e, &played))
        .map(|(i, _)| i)
        .next();
    run.hinted.extend(run.hint);
    run::save(&open, &run)?;
    board(&open)
}

/// Time goes on: what was decided reaches the played region, and the bodies make their next move.
///
/// # Errors
/// `not_practice`, `not_found` without a run, `not_open` before the visit is saved.
pub fn practice_go_on(desk: &Desk, _: Nothing) -> Result<PracticeTurn, AppError> {
    let open = practising(desk)?;
    let (mut run, scenario) = under_way(&open)?;
    let case = run::case(&open, &run)?.ok_or_else(|| AppError::refused("not_open"))?;
    let turn = bodies::moves(&mut run, scenario, &case, desk.state().language);
    bodies::play(&open, desk.env(), Some(case.id), turn.events)?;
    run.news.extend(turn.news);
    run::save(&open, &run)?;
    Ok(PracticeTurn {
        board: board(&open)?,
        changed: Changed {
            cases: vec![case.id.to_string()],
            lists: ["reception", "control", "sync"].map(str::to_owned).to_vec(),
        },
    })
}

/// The visitor is done with: the result, counted into the officer's progress.
///
/// # Errors
/// `not_practice`, `not_found` without a run.
pub fn practice_finish(desk: &Desk, _: Nothing) -> Result<PracticeBoard, AppError> {
    let open = practising(desk)?;
    let (mut run, scenario) = under_way(&open)?;
    if let Some(case) = run::case(&open, &run)? {
        run.returned |= case.referrals.iter().any(|r| r.state() == ReferralState::AnswerReturned);
        // Nothing stays behind that waits for a region.
        bodies::play(&open, desk.env(), None, Vec::new())?;
    }
    run.ended_at = Some(desk.env().now());
    run.hint = None;
    let played = run::played(&open, &run, desk.env().now(), false)?;
    let result = marks::result(scenario, &played);
    run::end(&open, &run, result.percent, result.passed)?;
    drop_draft(desk, &open)?;
    board(&open)
}

/// The visitor is sent away without a result, or the result is put aside.
///
/// # Errors
/// `not_practice`.
pub fn practice_stop(desk: &Desk, _: Nothing) -> Result<PracticeBoard, AppError> {
    let open = practising(desk)?;
    drop_draft(desk, &open)?;
    run::forget(&open)?;
    board(&open)
}

fn under_way(open: &Open) -> Result<(Run, &'static Scenario), AppError> {
    run::load(open)?
        .filter(|(run, _)| run.ended_at.is_none())
        .ok_or_else(|| AppError::refused("not_found"))
}

/// The unfinished intake of the last visitor.
fn drop_draft(desk: &Desk, open: &Open) -> Result<(), AppError> {
    if let Some((run, _)) = run::load(open)? {
        crate::intake::draft::draft_discard(desk, DraftRef { id: run.draft })?;
    }
    Ok(())
}

/// Writes the case that was there before, by the same verbs an officer uses.
fn there_before(desk: &Desk, open: &Open, e: &Earlier) -> Result<EarlierCase, AppError> {
    let lang = desk.state().language;
    let form = IntakeForm {
        text: e.text.get(lang).to_owned(),
        language: lang.code().to_owned(),
        applicant: Party {
            surname: e.surname.clone(),
            given: e.given.clone(),
            phone: e.phone.clone(),
            ..Party::default()
        },
        address: e.address.clone(),
        category: Some(e.category.clone()),
        referrals: vec![ReferralForm {
            agency: e.agency.clone(),
            text: String::new(),
            disclosed: Disclosed { address: true, ..Disclosed::default() },
            answer_due: None,
            circle: None,
            consent: false,
            basis: None,
            copy: false,
            files: Vec::new(),
            issue: None,
        }],
        ..IntakeForm::default()
    };
    let done = crate::intake::finish::intake_finish(
        desk,
        IntakeFinish { draft: None, form, print: false },
    )?;
    let state = || {
        open.store
            .read(|conn| esik_store::lists::case_state(conn, &open.actor, done.case))?
            .ok_or_else(|| AppError::refused("not_found"))
    };
    if let Some(answer) = &e.closed_with {
        let case = state()?;
        let events = bodies::answered(&case, answer.get(lang));
        bodies::play(open, desk.env(), Some(case.id), events)?;
        for referral in case.referrals.iter().map(|r| r.id) {
            let check = ReferralCheck {
                case: case.id,
                referral,
                good: true,
                has: esik_domain::answer::CHECKS.map(str::to_owned).to_vec(),
                note: String::new(),
            };
            crate::referral::check::referral_check(desk, check)?;
        }
        let close = CaseClose {
            case: case.id,
            word: Word::Solved,
            outcome: "helped".to_owned(),
            text: String::new(),
            satisfaction: None,
            // Nobody was called: the earlier visit is part of the scenario.
            not_called: bodies::PLAYED_BY.to_owned(),
        };
        crate::case::close::case_close(desk, close)?;
    }
    bodies::play(open, desk.env(), None, Vec::new())?;
    Ok(EarlierCase { id: done.case, visits: state()?.visits.len() })
}

fn board(open: &Open) -> Result<PracticeBoard, AppError> {
    let progress = run::progress(open)?;
    let scenarios: Vec<PracticeLine> = shipped()
        .iter()
        .map(|s| {
            let mine = progress.get(&s.code);
            PracticeLine {
                code: s.code.clone(),
                title: s.title.clone(),
                minutes: s.minutes,
                tries: mine.map_or(0, |p| p.tries),
                best: mine.and_then(|p| p.best),
                passed: mine.is_some_and(|p| p.passed_at.is_some()),
            }
        })
        .collect();
    let run = run::load(open)?.map(|(run, s)| view(open, &run, s)).transpose()?;
    Ok(PracticeBoard {
        guest: is_guest(open.actor.id),
        passed: crate::control::board::small(scenarios.iter().filter(|s| s.passed).count() as u64),
        scenarios,
        run,
    })
}

fn view(open: &Open, run: &Run, s: &Scenario) -> Result<PracticeRun, AppError> {
    let case = run::case(open, run)?;
    let result = match run.ended_at {
        None => None,
        Some(at) => Some(marks::result(s, &run::played(open, run, at, false)?)),
    };
    Ok(PracticeRun {
        scenario: s.code.clone(),
        title: s.title.clone(),
        words: s.words.clone(),
        minutes: s.minutes,
        started_at: run.started_at,
        questions: s
            .questions
            .iter()
            .map(|q| PracticeQuestion {
                code: q.code.clone(),
                ask: q.ask.clone(),
                answer: run.asked.contains(&q.code).then(|| q.answer.clone()),
                call: q.when == When::Call,
            })
            .collect(),
        draft: run.draft,
        hint: run.hint.and_then(|i| s.expect.get(i)).map(|e| marks::want(s, e)),
        hints: crate::control::board::small(run.hinted.len() as u64),
        news: run
            .news
            .iter()
            .rev()
            .map(|n| PracticeNews {
                agency: n.agency.clone(),
                does: n.does.clone(),
                text: n.text.clone(),
            })
            .collect(),
        waiting: case.as_ref().is_some_and(|c| bodies::will_move(run, s, c)),
        case: case.map(|c| c.id),
        result,
    })
}
