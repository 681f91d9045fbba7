//! Work at a desk that keeps a ledger: what was asked, what was answered, and so what has to be there
//! afterwards, whatever happened to the machine meanwhile.

use crate::dice::Dice;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a desk said to a command.
#[derive(Clone, PartialEq, Debug)]
pub enum Said {
    Done(Value),
    /// A refusal, by its code.
    Refused(String),
    /// The program is not there any more.
    Gone,
}

/// A desk that can be asked.
pub trait Asked {
    fn ask(&mut self, cmd: &str, args: Value) -> Said;
}

/// Which acts the work is made of.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Files are put to cases.
    pub files: bool,
    /// Some are crimes, whose text is wiped out of the log.
    pub crimes: bool,
}

/// Everything that was done at one desk.
pub struct Work {
    dice: Dice,
    kind: Kind,
    /// Tells this work's texts from another desk's.
    name: String,
    intakes: Vec<Intake>,
    /// Refusals by code, and how often.
    pub refused: BTreeMap<String, u32>,
    pub answered: u32,
}

#[derive(Default)]
struct Intake {
    mark: String,
    crime: bool,
    /// How often the draft is saved before it is finished; how many notes and files follow.
    plan: (u32, u32, u32),
    draft: Option<String>,
    asked: u32,
    kept: u32,
    finish_asked: bool,
    number: Option<String>,
    notes: u32,
    note_asked: u32,
    part: Option<String>,
    files: u32,
    file_asked: u32,
}

impl Intake {
    fn done(&self) -> bool {
        let (_, notes, files) = self.plan;
        self.number.is_some() && self.notes >= notes && self.files >= files
    }
    fn text(&self, version: u32) -> String {
        format!("{}-{version}-соңы", self.mark)
    }
    fn last(&self) -> String {
        format!("{}-іс", self.mark)
    }
}

impl Work {
    #[must_use]
    pub fn new(name: &str, seed: u64, kind: Kind) -> Self {
        Self {
            dice: Dice(seed),
            kind,
            name: name.to_owned(),
            intakes: Vec::new(),
            refused: BTreeMap::new(),
            answered: 0,
        }
    }

    /// Cases whose saving was answered.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.intakes.iter().filter(|i| i.number.is_some()).count()
    }

    /// Ids of these cases.
    #[must_use]
    pub fn case_ids(&self) -> Vec<String> {
        let done = self.intakes.iter().filter(|i| i.number.is_some());
        done.filter_map(|i| i.draft.clone()).collect()
    }

    fn begin(&mut self) {
        let n = self.intakes.len();
        let crime = self.kind.crimes && self.dice.percent(20);
        let files = u32::from(self.kind.files && !crime && self.dice.percent(60));
        let plan = (1 + self.dice.below(2) as u32, self.dice.below(2) as u32, files);
        let mark = format!("белгі-{}-{n}-{:08x}", self.name, self.dice.roll() as u32);
        self.intakes.push(Intake { mark, crime, plan, ..Intake::default() });
    }

    /// The next act; a refused one is tried again by the next step, as an officer would.
    pub fn step(&mut self, desk: &mut dyn Asked) -> Said {
        if self.intakes.last().is_none_or(Intake::done) {
            self.begin();
        }
        let long = "Екі күннен бері жылу жоқ, үйде сәби бар. ".repeat(1 + self.dice.below(40));
        let upload = format!("00000000-0000-4000-8000-{:012x}", self.dice.roll() >> 16);
        let now = self.intakes.last_mut().unwrap();
        let said = act(now, desk, &long, &upload);
        match &said {
            Said::Done(_) => self.answered += 1,
            Said::Refused(code) => *self.refused.entry(code.clone()).or_default() += 1,
            Said::Gone => {}
        }
        said
    }

    /// What has to be there and is not, as a desk tells it; and what is there that nobody asked for.
    pub fn missing(&self, desk: &mut dyn Asked) -> Vec<String> {
        let mut missing = Vec::new();
        for intake in &self.intakes {
            let Some(id) = &intake.draft else { continue };
            let case = match desk.ask("case_get", json!({ "id": id })) {
                Said::Done(case) => Some(case),
                _ => None,
            };
            let draft = match desk.ask("draft_get", json!({ "id": id })) {
                Said::Done(draft) => Some(draft.to_string()),
                _ => None,
            };
            let mark = &intake.mark;
            match (&intake.number, case, draft) {
                (number, Some(case), None) => {
                    if number.as_ref().is_some_and(|n| case["number"] != **n) {
                        missing.push(format!("{mark}: its number is {}", case["number"]));
                    }
                    if !intake.finish_asked {
                        missing.push(format!("{mark}: nobody asked for this case"));
                    }
                    let text = case.to_string();
                    if !text.contains(&intake.last()) {
                        missing.push(format!("{mark}: its text: {text}"));
                    }
                    for n in 1..=intake.notes {
                        if !text.contains(&format!("{mark}-ескерту-{n}-соңы")) {
                            missing.push(format!("{mark}: note {n} of {}", intake.notes));
                        }
                    }
                    for n in 1..=intake.files {
                        if !text.contains(&format!("{mark}-{n}.txt")) {
                            missing.push(format!("{mark}: file {n}"));
                        }
                    }
                }
                (None, None, Some(draft)) => {
                    let there = (intake.kept..=intake.asked)
                        .any(|version| version == 0 || draft.contains(&intake.text(version)));
                    if !there {
                        missing.push(format!("{mark}: draft version {}: {draft}", intake.kept));
                    }
                }
                (number, case, draft) => missing.push(format!(
                    "{mark}: answered {number:?}, case {}, draft {}",
                    case.is_some(),
                    draft.is_some()
                )),
            }
        }
        missing
    }

    /// What was answered as a case and is not at another desk, which knows nobody's drafts.
    pub fn missing_elsewhere(&self, desk: &mut dyn Asked) -> Vec<String> {
        let mut missing = Vec::new();
        for intake in self.intakes.iter().filter(|i| i.number.is_some()) {
            let said = desk.ask("case_get", json!({ "id": intake.draft }));
            let Said::Done(case) = said else {
                missing.push(format!("{}: {said:?}", intake.mark));
                continue;
            };
            let text = case.to_string();
            let notes = (1..=intake.notes).map(|n| format!("{}-ескерту-{n}-соңы", intake.mark));
            for mark in notes.chain([intake.last()]).filter(|mark| !text.contains(mark)) {
                missing.push(mark);
            }
        }
        missing
    }

    /// How many cases there may be.
    #[must_use]
    pub fn cases_between(&self) -> (usize, usize) {
        (self.cases(), self.intakes.iter().filter(|i| i.finish_asked).count())
    }
}

fn act(now: &mut Intake, desk: &mut dyn Asked, long: &str, upload: &str) -> Said {
    let Some(id) = now.draft.clone() else {
        let said = desk.ask("draft_open", json!({}));
        if let Said::Done(answer) = &said {
            now.draft = answer["id"].as_str().map(str::to_owned);
        }
        return said;
    };
    if now.number.is_none() && now.kept < now.plan.0 {
        now.asked = now.kept + 1;
        let text = format!("{} {long}", now.text(now.asked));
        let form = json!({ "text": text, "language": "kk", "address": "Ауэзов, 12" });
        let said = desk.ask("draft_save", json!({ "id": id, "form": form }));
        if matches!(said, Said::Done(_)) {
            now.kept = now.asked;
        }
        return said;
    }
    if now.number.is_none() {
        let mut form = json!({
            "text": format!("{} {long}", now.last()), "language": "kk", "category": "ZKH-01",
            "address": "Ауэзов, 12",
            "applicant": { "role": "applicant", "phone": "8 701 123 45 67" },
            "referrals": [{ "agency": "E-HEA", "disclosed": { "phone": true } }],
        });
        if now.crime {
            form["category"] = json!("FAM-01");
            form["referrals"][0]["agency"] = json!("E-CRS");
            form["crime"] = json!({ "kui_number": "КУИ-26-7", "received_by": "Кезекші",
                "social_sentence": now.last() });
        }
        now.finish_asked = true;
        let args = json!({ "draft": id, "print": false, "form": form });
        let said = desk.ask("intake_finish", args);
        if let Said::Done(answer) = &said {
            now.number = answer["number"].as_str().map(str::to_owned);
        }
        return said;
    }
    if now.notes < now.plan.1 {
        now.note_asked = now.notes + 1;
        let text = format!("{}-ескерту-{}-соңы {long}", now.mark, now.note_asked);
        let said = desk.ask("note_add", json!({ "case": id, "text": text }));
        if matches!(said, Said::Done(_)) {
            now.notes = now.note_asked;
        }
        return said;
    }
    let Some(part) = now.part.clone() else {
        // “Өтініш” again and again, base64.
        let bytes = "06jRgtGW0L3RltGI".repeat(400);
        let said =
            desk.ask("attachment_part", json!({ "upload": upload, "from": 0, "base64": bytes }));
        if matches!(said, Said::Done(_)) {
            now.part = Some(upload.to_owned());
        }
        return said;
    };
    now.file_asked = now.files + 1;
    let name = format!("{}-{}.txt", now.mark, now.file_asked);
    let to = json!({ "to": "case", "id": id });
    let said = desk.ask("attachment_add", json!({ "upload": part, "to": to, "name": name }));
    match &said {
        Said::Done(_) => {
            now.files = now.file_asked;
            now.part = None;
        }
        // What was sent has gone with the refusal: it is sent again.
        _ => now.part = None,
    }
    said
}
