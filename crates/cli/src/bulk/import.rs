//! Loading cases in bulk: read, checked, decided as an intake is, signed and saved a few hundred at a
//! time. A bad line is told and passed over; a line that is in the profile already changes nothing.

mod decide;

use super::generate::cases;
use super::{io_trouble, signed_in, store_trouble};
use crate::args::Cli;
use crate::lines::{self, Line};
use decide::{Ready, check, decide};
use esik_app::api::Refusal;
use esik_app::env::Env;
use esik_app::{Desk, Open, refusal};
use esik_domain::ids::CaseId;
use esik_domain::policy::{Permission, may_author};
use esik_store::exchange::cases::CaseLine;
use esik_store::log::Author;
use esik_store::{StoreError, Tx};
use serde_json::json;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

/// Longest line, in bytes.
const LINE_BYTES_MAX: u64 = 1024 * 1024;
/// Cases of one transaction: enough that the disk's sync does not count, few enough that a cut
/// power line costs little.
const BATCH: usize = 400;

/// Loads a file; `-` is stdin (after the password, when that comes from stdin too).
pub fn import(desk: &Desk, cli: &Cli, file: &Path) -> Result<ExitCode, Refusal> {
    let mut loader = Loader::new(desk, cli)?;
    if file.as_os_str() == "-" {
        loader.read(&mut std::io::stdin().lock())?;
    } else if file.is_dir() {
        return Err(refusal("bad_request"));
    } else {
        let open = File::open(file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => refusal("not_found"),
            _ => io_trouble(error),
        })?;
        loader.read(&mut BufReader::with_capacity(1 << 18, open))?;
    }
    loader.finish(desk)
}

/// Loads generated cases, without a file between.
pub fn load(desk: &Desk, cli: &Cli, count: u32, seed: u64) -> Result<ExitCode, Refusal> {
    let mut loader = Loader::new(desk, cli)?;
    for (n, case) in (1u64..).zip(cases(count, seed)?) {
        let source = Vec::new();
        loader.take(n, Ok((case, source)))?;
    }
    loader.finish(desk)
}

/// What a transaction needs of the desk.
struct Hand {
    open: Arc<Open>,
    env: Env,
    author: Author,
}

struct Loader {
    hand: Arc<Hand>,
    waiting: Vec<Ready>,
    /// How often the same bytes came in this run: twice the same line is two cases.
    seen: HashMap<CaseId, u32>,
    started: Instant,
    imported: u64,
    already: u64,
    bad: u64,
    events: u64,
}

/// What became of a line.
enum Fate {
    Saved(u64),
    Already,
}

impl Loader {
    fn new(desk: &Desk, cli: &Cli) -> Result<Self, Refusal> {
        let open = signed_in(desk, cli, Permission::Desk)?;
        if !may_author(open.actor.role, "case_opened") {
            return Err(refusal("forbidden"));
        }
        let author = Author {
            device_id: open.device_id,
            incarnation: open.incarnation,
            station: open.station.clone(),
            actor: open.actor.id,
            role: open.actor.role,
            signing: Arc::clone(&open.signing),
            clock: esik_app::sync::clock_reading(&open, desk.env().now()),
        };
        let hand = Arc::new(Hand { open, env: desk.env().clone(), author });
        Ok(Self {
            hand,
            waiting: Vec::with_capacity(BATCH),
            seen: HashMap::new(),
            started: Instant::now(),
            imported: 0,
            already: 0,
            bad: 0,
            events: 0,
        })
    }

    fn read(&mut self, input: &mut impl BufRead) -> Result<(), Refusal> {
        for n in 1u64.. {
            let case = match lines::next(input, LINE_BYTES_MAX).map_err(io_trouble)? {
                None => break,
                Some(Line::Text(text)) if text.trim().is_empty() => continue,
                Some(Line::Text(text)) => match serde_json::from_str::<CaseLine>(&text) {
                    Ok(case) => Ok((case, text.into_bytes())),
                    Err(error) => Err(bad_line(&error)),
                },
                Some(Line::TooLong) => Err(refusal("text_too_long")),
                Some(Line::NotText) => Err(refusal("bad_line")),
            };
            self.take(n, case)?;
        }
        Ok(())
    }

    fn take(&mut self, n: u64, case: Result<(CaseLine, Vec<u8>), Refusal>) -> Result<(), Refusal> {
        let ready = case.and_then(|(case, source)| {
            check(&case, self.hand.env.now())?;
            Ok(Ready::new(n, case, &source, self.hand.open.device_id, &mut self.seen))
        });
        match ready {
            Ok(ready) => self.waiting.push(ready),
            Err(why) => self.tell(n, &why),
        }
        if self.waiting.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn tell(&mut self, n: u64, why: &Refusal) {
        self.bad += 1;
        crate::print(&json!({ "line": n, "error": why }));
    }

    /// Saves what waits. A case that cannot be saved does not take the others with it.
    fn flush(&mut self) -> Result<(), Refusal> {
        let batch = Arc::new(std::mem::take(&mut self.waiting));
        self.waiting.reserve(BATCH);
        match self.save(&batch, 0, batch.len()) {
            Ok(fates) => self.count(&fates),
            Err(error) if of_the_line(&error) => {
                for (i, ready) in batch.iter().enumerate() {
                    match self.save(&batch, i, i + 1) {
                        Ok(fates) => self.count(&fates),
                        Err(error) if of_the_line(&error) => {
                            self.tell(ready.line, &store_trouble(error));
                        }
                        Err(error) => return Err(store_trouble(error)),
                    }
                }
            }
            Err(error) => return Err(store_trouble(error)),
        }
        Ok(())
    }

    fn count(&mut self, fates: &[Fate]) {
        for fate in fates {
            match fate {
                Fate::Saved(events) => {
                    self.imported += 1;
                    self.events += events;
                }
                Fate::Already => self.already += 1,
            }
        }
    }

    fn save(
        &self,
        batch: &Arc<Vec<Ready>>,
        from: usize,
        to: usize,
    ) -> Result<Vec<Fate>, StoreError> {
        let (hand, batch) = (Arc::clone(&self.hand), Arc::clone(batch));
        self.hand.open.store.write(move |tx| {
            batch.get(from..to).unwrap_or_default().iter().map(|r| save_one(tx, &hand, r)).collect()
        })
    }

    fn finish(mut self, desk: &Desk) -> Result<ExitCode, Refusal> {
        self.flush()?;
        // The end means: everything can be found.
        self.hand.open.store.index_now().map_err(store_trouble)?;
        let elapsed = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        drop(self.hand);
        desk.sign_out();
        crate::print(&json!({
            "imported": self.imported, "already": self.already, "bad": self.bad,
            "events": self.events, "elapsed_ms": elapsed,
        }));
        Ok(if self.bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn save_one(tx: &mut Tx<'_>, hand: &Hand, ready: &Ready) -> Result<Fate, StoreError> {
    let there: bool = tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM event WHERE case_id = ?1)")?
        .query_row([ready.case.0.as_bytes().as_slice()], |r| r.get(0))?;
    if there {
        return Ok(Fate::Already);
    }
    let events = decide(tx, ready, &hand.open, &hand.env)?;
    tx.append(&hand.author, ready.case, &events)?;
    Ok(Fate::Saved(events.len() as u64))
}

/// True for what another line would not meet.
fn of_the_line(error: &StoreError) -> bool {
    matches!(error, StoreError::Event(_) | StoreError::Refused(_) | StoreError::Value(_))
}

fn bad_line(error: &serde_json::Error) -> Refusal {
    let mut why = refusal("bad_line");
    // Where, never what: the line holds a person's data.
    why.params.insert("column".to_owned(), error.column().to_string());
    let kind = match error.classify() {
        serde_json::error::Category::Data => "shape",
        _ => "json",
    };
    why.params.insert("kind".to_owned(), kind.to_owned());
    why
}
