//! Is what a copy holds a whole region? Positions without a gap, every event the bytes its hash says, every
//! device's chain unbroken, nothing that points beyond the head.

use crate::codes::quarantine::LOST;
use crate::store::copy::{Adding, Cell, Row, Tally};
use crate::store::{GIVEN_LIFE, StoreError, StoreResult};
use esik_domain::ids::Pos;
use esik_wire::{EventHash, Hole, SignedEvent, ZERO_HASH, signed};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// Where a chain stands.
type Chains = HashMap<(String, u64), (u64, String)>;

/// Looks at each row as it passes.
#[derive(Default)]
pub struct Check {
    sum: Adding,
    /// The region as a device, and its present life.
    region: Option<String>,
    life: u64,
    epoch: String,
    head: Option<u64>,
    /// Hash and predecessor of every event, by position, and the life it names.
    events: Vec<(EventHash, EventHash, u64)>,
    /// The device whose log is told, and what it told: life, sequence and hash.
    told: (String, HashSet<(u64, u64, EventHash)>),
    /// As the log tells them, and the region's own as its events do.
    chains: Chains,
    heads: Chains,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    pub epoch: String,
    pub pos: Pos,
    /// Hash of the last event; zeros when there is none.
    pub head: EventHash,
    pub tally: Tally,
}

/// What of an envelope a chain is made of.
#[derive(Deserialize)]
struct Link {
    device_id: String,
    incarnation: u64,
    device_seq: u64,
    prev: String,
}

fn broken(why: impl Into<String>) -> StoreError {
    StoreError::Corrupt(why.into())
}

impl Check {
    /// Looks at a row; gives its line.
    ///
    /// # Errors
    /// When it cannot belong to a whole region.
    pub fn row(&mut self, row: &Row) -> StoreResult<String> {
        match row.of()?.name {
            "region" => {
                if self.region.is_some() {
                    return Err(broken("there are two regions"));
                }
                self.region = Some(row.text("device_id")?.to_owned());
                self.life = row.uint("incarnation")?;
                row.text("epoch")?.clone_into(&mut self.epoch);
            }
            "region_head" => self.head = Some(row.uint("pos")?),
            "event" => self.event(row)?,
            "device_log" => self.log(row)?,
            "device_head" => {
                let at = (row.text("device_id")?.to_owned(), row.uint("incarnation")?);
                self.heads.insert(at, (row.uint("seq")?, row.text("hash")?.to_owned()));
            }
            "feed" | "event_file" => {
                let pos = row.uint("pos")?;
                if pos == 0 || pos > self.events.len() as u64 {
                    return Err(broken(format!("{} names position {pos}", row.of()?.name)));
                }
            }
            _ => {}
        }
        self.sum.add(row)
    }

    fn event(&mut self, row: &Row) -> StoreResult<()> {
        let pos = row.uint("pos")?;
        let expected = self.events.len() as u64 + 1;
        if pos != expected {
            return Err(broken(format!("position {expected} is missing: {pos} follows")));
        }
        let event = SignedEvent { e: row.text("bytes")?.to_owned(), s: String::new() };
        let hash = event.hash();
        if row.text("hash")? != hash.hex() {
            return Err(broken(format!("event {pos} is not the one its hash says")));
        }
        let link: Link = serde_json::from_str(&event.e)
            .map_err(|e| broken(format!("event {pos} cannot be read: {e}")))?;
        let prev = EventHash::from_hex(&link.prev)
            .map_err(|_| broken(format!("event {pos} names no predecessor")))?;
        self.events.push((hash, prev, link.incarnation));
        // What desks gave back of what it said in an earlier life, before it was restored, need not be all of it.
        if Some(&link.device_id) == self.region.as_ref() && link.incarnation == self.life {
            // What the region authors has no log of verdicts: its events are the chain.
            let at = (link.device_id, link.incarnation);
            let (seq, before) = self.stands(&at);
            if link.device_seq != seq + 1 || link.prev != before {
                return Err(broken(format!("the region's own chain breaks at position {pos}")));
            }
            self.chains.insert(at, (link.device_seq, hash.hex()));
        }
        Ok(())
    }

    fn log(&mut self, row: &Row) -> StoreResult<()> {
        let at = (row.text("device_id")?.to_owned(), row.uint("incarnation")?);
        let (seq, hash) = (row.uint("seq")?, row.text("hash")?);
        let name = format!("chain of device {}, life {}, event {seq}", at.0, at.1);
        let begins = seq > 1 && !self.chains.contains_key(&at);
        let lost = row.text("code").is_ok_and(|code| code == LOST);
        let (last, before) = match begins {
            // The desk's word on events that nobody has: what follows names the last of them (adr/0042).
            true if lost => (seq - 1, String::new()),
            true => self.branch(row, &at, seq)?,
            false => self.stands(&at),
        };
        if seq != last + 1 {
            return Err(broken(format!("{name}: {} is missing", last + 1)));
        }
        if lost {
            let word: Option<Hole> = serde_json::from_str(row.text("bytes")?).ok();
            let tells = |w: &Hole| w.device_id.to_string() == at.0 && w.to == seq;
            if !word.is_some_and(|w| tells(&w) && w.last.hex() == hash) {
                return Err(broken(format!("{name}: the word on what is lost is not its own")));
            }
        } else if let Cell::Int(_) = row.cell("pos")? {
            let pos = row.uint("pos")?;
            let event = usize::try_from(pos)
                .ok()
                .and_then(|n| n.checked_sub(1))
                .and_then(|i| self.events.get(i))
                .ok_or_else(|| broken(format!("{name}: position {pos} is not there")))?;
            if event.0.hex() != hash {
                return Err(broken(format!("{name}: position {pos} holds another event")));
            }
            // The device's own statement of what came before; one that was set aside may state anything, and what others
            // gave back is no chain.
            if event.1.hex() != before && at.1 != u64::from(GIVEN_LIFE) {
                return Err(broken(format!("{name}: it does not follow the one before")));
            }
        } else if signed::hash_bytes(row.text("bytes")?.as_bytes()).hex() != hash {
            // Set aside, and kept here alone.
            return Err(broken(format!("{name}: it is not the one its hash says")));
        }
        if self.told.0 != at.0 {
            self.told = (at.0.clone(), HashSet::new());
        }
        if let Ok(hash) = EventHash::from_hex(hash) {
            self.told.1.insert((at.1, seq, hash));
        }
        self.chains.insert(at, (seq, hash.to_owned()));
        Ok(())
    }

    /// Where a life stands that does not begin with its first event: the branch of a copied desk, whose events name the
    /// life it left, begins behind one of that (adr/0034). An earlier life is told before a later one.
    fn branch(&self, row: &Row, at: &(String, u64), seq: u64) -> StoreResult<(u64, String)> {
        let (named, prev) = if let Cell::Int(_) = row.cell("pos")? {
            let at = usize::try_from(row.uint("pos")?).ok().and_then(|n| n.checked_sub(1));
            at.and_then(|i| self.events.get(i)).map(|(_, prev, named)| (*named, *prev))
        } else {
            let link: Option<Link> = serde_json::from_str(row.text("bytes")?).ok();
            link.and_then(|l| Some((l.incarnation, EventHash::from_hex(&l.prev).ok()?)))
        }
        .unwrap_or((0, ZERO_HASH));
        let left = (named, seq - 1, prev);
        let there = named < at.1 && self.told.0 == at.0 && self.told.1.contains(&left);
        Ok(if there { (seq - 1, prev.hex()) } else { (0, ZERO_HASH.hex()) })
    }

    fn stands(&self, at: &(String, u64)) -> (u64, String) {
        self.chains.get(at).cloned().unwrap_or_else(|| (0, ZERO_HASH.hex()))
    }

    /// When every row was looked at.
    ///
    /// # Errors
    /// When something is missing.
    pub fn finish(mut self) -> StoreResult<Found> {
        let pos = self.head.ok_or_else(|| broken("there is no head row"))?;
        if self.region.is_none() {
            return Err(broken("there is no region"));
        }
        if pos != self.events.len() as u64 {
            let events = self.events.len();
            return Err(broken(format!("the head is at {pos}, and there are {events} events")));
        }
        let (region, life) = (self.region.take().unwrap_or_default(), self.life);
        self.heads.retain(|(device, of), _| *device != region || *of == life);
        if self.chains != self.heads {
            return Err(broken("the heads of the devices are not the ends of their chains"));
        }
        Ok(Found {
            epoch: self.epoch,
            pos: Pos(pos),
            head: self.events.last().map_or(ZERO_HASH, |e| e.0),
            tally: self.sum.tally(),
        })
    }
}
