//! One seed from beginning to end, and a seed that failed as a file.

use crate::swarm::{Fault, Plan};
use crate::world::{Broken, Step, World};
use crate::{check, files, publications};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How a seed ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub plan: Plan,
    /// Hash of every message and state, in order.
    pub trace: String,
    pub lines: usize,
    pub events: usize,
    /// Desks that joined again after they were told of a copy.
    pub joined_again: usize,
    /// Calls in the middle of which the region's program ended.
    pub died_inside: usize,
    /// Whole rounds in which a desk met the other of two regions that show different orders.
    pub told_apart: usize,
    /// Files that came wherever somebody asked for them.
    pub files: usize,
    pub failure: Option<Broken>,
    pub tail: Vec<String>,
}

/// A failing seed as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Saved {
    pub plan: Plan,
    /// What held no longer when it was found.
    pub rule: String,
    pub what: String,
    /// The bug it was found with, when one was planted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planted: Option<String>,
    /// The last lines of the trace, for the reader; a replay makes them again.
    #[serde(default)]
    pub tail: Vec<String>,
}

/// The seeds that once found something, by their files in `seeds/`.
///
/// # Panics
/// When a file is not a saved seed.
#[must_use]
pub fn kept() -> Vec<(PathBuf, Saved)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let entries = std::fs::read_dir(dir).expect("the folder of the seeds");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let text = std::fs::read_to_string(&file).expect("the file can be read");
            (file, serde_json::from_str(&text).expect("a saved seed"))
        })
        .collect()
}

/// Runs a plan.
#[must_use]
pub fn run(plan: &Plan, aloud: bool) -> Outcome {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut world = World::new(plan.clone()).await.expect("a world");
        world.trace.aloud = aloud;
        let failure = live(&mut world).await.err();
        if let Some(broken) = &failure {
            world.trace.say(check::words(broken));
        }
        for desk in &mut world.desks {
            desk.stop();
        }
        Outcome {
            plan: plan.clone(),
            trace: world.trace.hash(),
            lines: world.trace.len(),
            events: world.ledger.saved.len(),
            joined_again: world.joined_again,
            files: world.files_there,
            died_inside: world.died_inside,
            told_apart: world.told_apart,
            failure,
            tail: world.trace.tail(60),
        }
    })
}

async fn live(world: &mut World) -> Step {
    for step in 0..world.plan.steps {
        world.step().await?;
        if step % 20 == 19 {
            check::region::region_is_whole(world)?;
        }
    }
    world.calm().await?;
    if !world.plan.is_live() {
        return check::region::region_is_whole(world);
    }
    check::calm::converges(world).await?;
    if world.plan.has(Fault::Circles) {
        check::calm::circles_turn_over(world).await?;
    }
    if world.plan.has(Fault::Publications) {
        publications::are_everywhere(world)?;
    }
    if world.plan.has(Fault::Files) {
        files::are_everywhere(world).await?;
    }
    if world.plan.has(Fault::Versions) { check::calm::one_apart(world).await } else { Ok(()) }
}
