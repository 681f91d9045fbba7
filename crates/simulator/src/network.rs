//! What becomes of a call between a desk and the region.

use crate::check;
use crate::desk::{Version, Waiting};
use crate::line::{Answer, Call, Reply, between, cut, through};
use crate::swarm::Fault;
use crate::template;
use crate::world::{Broken, Step, World, broken};
use esik_server::RegionHandle;
use esik_wire::{ApiError, ApiErrorCode, SyncApi as _, SyncFailure, Verdict, planted};
use serde::{Serialize, de::DeserializeOwned};

/// What the network does with one call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Good,
    RequestLost,
    AnswerLost,
    Twice,
    Later,
    RequestCut,
    AnswerCut,
    NoLine,
    Busy,
    Fails,
    RegionDiesBefore,
    RegionDiesAfter,
    RegionDiesInside,
}

impl World {
    fn fate(&mut self) -> Fate {
        if !self.stormy || self.rng.percent(55) {
            return Fate::Good;
        }
        let mut may = Vec::new();
        for (fault, fates) in [
            (Fault::LoseRequest, &[Fate::RequestLost][..]),
            (Fault::LoseAnswer, &[Fate::AnswerLost]),
            (Fault::Double, &[Fate::Twice]),
            (Fault::Delay, &[Fate::Later]),
            (Fault::Cut, &[Fate::RequestCut, Fate::AnswerCut]),
            (Fault::NoLine, &[Fate::NoLine]),
            (Fault::Busy, &[Fate::Busy, Fate::Fails]),
            (Fault::CrashRegion, &[Fate::RegionDiesBefore, Fate::RegionDiesAfter]),
            (Fault::DieInside, &[Fate::RegionDiesInside, Fate::RegionDiesInside]),
        ] {
            if self.plan.has(fault) {
                may.extend_from_slice(fates);
            }
        }
        self.rng.pick(&may).copied().unwrap_or(Fate::Good)
    }

    /// The call of a waiting desk goes on its way, and the desk goes on with what came of it.
    pub(crate) async fn let_through(&mut self, n: usize) -> Step {
        let Some(Waiting { call, reply }) = self.desks[n].waiting.take() else { return Ok(()) };
        let fate = self.fate();
        let timeout = Err(SyncFailure::Timeout);
        let answer: Reply = match fate {
            Fate::Good if self.stormy && self.plan.has(Fault::Liar) => {
                let honest = if self.rng.percent(20) {
                    // It says that it did it.
                    if let Call::Push(_) = &call {
                        Ok(Answer::Push(esik_wire::PushResponse {
                            verdicts: Vec::new(),
                            acked: esik_wire::Head::default(),
                        }))
                    } else {
                        self.deliver(n, &call).await?
                    }
                } else {
                    self.deliver(n, &call).await?
                };
                self.lie(&call, honest)
            }
            Fate::Good => self.deliver(n, &call).await?,
            Fate::RequestLost => timeout,
            Fate::AnswerLost => {
                let _ = self.deliver(n, &call).await?;
                timeout
            }
            Fate::Twice => {
                let first = self.deliver(n, &call).await?;
                let second = self.deliver(n, &call).await?;
                if self.rng.percent(50) { first } else { second }
            }
            Fate::Later => {
                self.late.push((n, call.clone()));
                timeout
            }
            Fate::RequestCut => {
                let share = self.chance.share();
                let whole = match &call {
                    Call::Hello(r) => cut(r, share).is_some(),
                    Call::Push(r) => cut(r, share).is_some(),
                    Call::Feed(r) => cut(r, share).is_some(),
                    Call::Back(r) => cut(r, share).is_some(),
                    // What a chunk's length and hash say of half of it is the lane's own question.
                    Call::Publication(_)
                    | Call::Tree(_)
                    | Call::Blob(_)
                    | Call::PutChunk(..)
                    | Call::Commit(_)
                    | Call::Chunk(..) => false,
                };
                if whole {
                    return broken("S7", format!("half a message was read: {}", call.words()));
                }
                timeout
            }
            Fate::AnswerCut => {
                let share = self.chance.share();
                let answer = self.deliver(n, &call).await?;
                let half = match &answer {
                    Ok(Answer::Chunk(bytes)) => Some(bytes[..bytes.len() / 2].to_vec()),
                    _ => None,
                };
                let whole = match answer {
                    Ok(Answer::Hello(a)) => cut(&a, share).is_some(),
                    Ok(Answer::Push(a)) => cut(&a, share).is_some(),
                    Ok(Answer::Feed(a)) => cut(&a, share).is_some(),
                    _ => false,
                };
                if let Some(half) = half {
                    // A chunk has no form that half of it would break: its hash tells.
                    let _ = reply.send(Ok(Answer::Chunk(half)));
                    self.trace.say(format!("desk {n} gets half a chunk"));
                    return self.listen().await;
                }
                if whole {
                    return broken("S7", format!("half an answer was read: {}", call.words()));
                }
                Err(SyncFailure::NotEsik)
            }
            Fate::NoLine => Err(SyncFailure::Unreachable),
            Fate::Busy => Err(ApiError {
                retry_after_s: Some(self.rng.below(60) as u64),
                ..ApiError::new(ApiErrorCode::Busy)
            }
            .into()),
            Fate::Fails => Err(ApiError::new(ApiErrorCode::Internal).into()),
            Fate::RegionDiesBefore => {
                self.as_met_by(n, |world| world.region = None);
                Err(SyncFailure::Unreachable)
            }
            Fate::RegionDiesAfter => {
                let _ = self.deliver(n, &call).await?;
                self.as_met_by(n, |world| world.region = None);
                timeout
            }
            Fate::RegionDiesInside => {
                let folder = self.as_met_by(n, |world| {
                    let _ = world.region();
                    world.region_dir.clone()
                });
                // As the engine names it.
                let folder = folder.canonicalize().expect("a folder");
                let database = folder.join(template::REGION_DB);
                let database = database.to_str().expect("a text");
                planted::dies_after(database, self.rng.below(4) as u32);
                let answer = self.deliver(n, &call).await;
                self.died_inside += usize::from(planted::lives_again(database));
                // Whatever it still had in memory is gone, whether this call came to its end or not.
                self.as_met_by(n, |world| world.region = None);
                let _ = answer?;
                timeout
            }
        };
        self.trace.say(format!("desk {n} gets {fate:?}: {}", words(&answer)));
        if let Ok(Answer::Hello(_)) = &answer {
            self.desks[n].greeted = Some(self.is_astray(n));
        }
        let _ = reply.send(answer);
        self.listen().await
    }

    pub(crate) async fn deliver_late(&mut self) -> Step {
        let at = self.rng.below(self.late.len());
        let (n, call) = self.late.swap_remove(at);
        let answer = self.deliver(n, &call).await?;
        self.trace.say(format!("late from desk {n}: {} → {}", call.words(), words(&answer)));
        Ok(())
    }

    /// A call comes to the region that the desk meets.
    async fn deliver(&mut self, n: usize, call: &Call) -> Result<Reply, Broken> {
        let astray = self.is_astray(n);
        if astray {
            self.change_places();
        }
        let answer = self.handle(n, call).await;
        if astray {
            self.change_places();
        }
        answer
    }

    /// The region handles a call as its server would, and what it promises is written down.
    async fn handle(&mut self, n: usize, call: &Call) -> Result<Reply, Broken> {
        let handle = RegionHandle { region: self.region(), device: self.desks[n].device };
        let version = self.desks[n].version;
        let apart = version != Version::This;
        let answer: Reply = match call {
            Call::Hello(r) => {
                let mut r = travels(r, apart);
                match version {
                    Version::Before => (r.protocol_min, r.protocol_max) = (0, 0),
                    Version::After => r.protocol_max += 1,
                    Version::This => {}
                }
                handle.hello(r).await.map(|a| Answer::Hello(Box::new(travels(&a, apart))))
            }
            Call::Push(r) => {
                handle.push(travels(r, apart)).await.map(|a| Answer::Push(travels(&a, apart)))
            }
            Call::Feed(r) => {
                let mut r = travels(r, apart);
                if self.stormy {
                    // Small pages: what lies between two of them is looked at too.
                    r.limit = 1 + self.rng.below(12) as u32;
                }
                handle.feed(r).await.map(|a| Answer::Feed(travels(&a, apart)))
            }
            Call::Tree(r) => {
                handle.tree_proof(travels(r, apart)).await.map(|a| Answer::Tree(travels(&a, apart)))
            }
            Call::Back(r) => {
                handle.give_back(travels(r, apart)).await.map(|a| Answer::Back(travels(&a, apart)))
            }
            Call::Blob(of) => {
                handle.blob(of.clone()).await.map(|a| Answer::Status(travels(&a, apart)))
            }
            Call::PutChunk(of, at, bytes) => handle
                .put_blob_chunk(of.clone(), *at, bytes.clone())
                .await
                .map(|a| Answer::Status(travels(&a, apart))),
            Call::Commit(of) => {
                handle.commit_blob(of.clone()).await.map(|a| Answer::Status(travels(&a, apart)))
            }
            Call::Chunk(of, at) => handle.blob_chunk(of.clone(), *at).await.map(Answer::Chunk),
            Call::Publication(hash) => {
                handle.publication(hash.clone()).await.map(Answer::Publication)
            }
        };
        if let (Call::Chunk(of, at), Ok(Answer::Chunk(bytes))) = (call, &answer) {
            self.is_chunk(of, *at, bytes)?;
        }
        if let (Call::Push(r), Ok(Answer::Push(a))) = (call, &answer) {
            check::verdicts(self, n, r, a)?;
            for v in &a.verdicts {
                if let (Some(id), Verdict::Accepted { .. } | Verdict::Duplicate { .. }) =
                    (v.id, &v.verdict)
                {
                    self.ledger.acked.insert(id);
                }
            }
        }
        Ok(answer)
    }
}

/// The message as the other side reads it; `apart`: another version of the program wrote it.
fn travels<T: Serialize + DeserializeOwned>(message: &T, apart: bool) -> T {
    if apart { between(message) } else { through(message) }
}

fn words(answer: &Reply) -> String {
    match answer {
        Ok(Answer::Hello(a)) => {
            format!("hello {} at {} acked {}", &a.epoch[..8], a.region_pos.0, a.acked.seq)
        }
        Ok(Answer::Back(a)) => {
            format!("taken {} there {} refused {}", a.taken, a.there, a.refused)
        }
        Ok(Answer::Push(a)) => format!(
            "acked {} {}",
            a.acked.seq,
            a.verdicts
                .iter()
                .map(|v| match &v.verdict {
                    Verdict::Accepted { pos, .. } => format!("+{}", pos.0),
                    Verdict::Duplicate { pos, .. } => format!("={}", pos.0),
                    Verdict::Quarantined { code } | Verdict::Rejected { code } => code.clone(),
                    Verdict::Unknown => "?".to_owned(),
                })
                .collect::<Vec<_>>()
                .join(" ")
        ),
        Ok(Answer::Feed(a)) => format!("{} entries to {}", a.entries.len(), a.next.0),
        Ok(Answer::Publication(_)) => "a publication".to_owned(),
        Ok(Answer::Status(a)) => format!("{} of {} bytes, {}", a.parts.len(), a.bytes, a.complete),
        Ok(Answer::Chunk(a)) => format!("{} bytes", a.len()),
        Ok(Answer::Tree(a)) => format!("{} and {} hashes", a.growth.len(), a.path.len()),
        Err(e) => format!("{e}"),
    }
}
