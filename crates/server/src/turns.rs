//! Who pushes now, who waits, and who is told when to come back (`reliability.md` S30). A full house answers at
//! once, so nobody waits in vain; whoever was told a moment and keeps it goes before newcomers, so nobody starves.

use esik_domain::ids::DeviceId;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::time::Instant;

/// How many pushes the region works on and lets wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct House {
    /// Worked on at once: one decides, the others are read and verified meanwhile.
    pub at_once: usize,
    /// Waiting for their turn; half as many again of those who were told to come back.
    pub waiting: usize,
    /// Nobody is let in to wait longer than this: what is taken at all is answered within three seconds (`reliability.md`
    /// B20). Much less would leave the region idle: who is told to come back is told whole seconds.
    pub wait: Duration,
    /// Of one desk worked on and waiting. A desk has two requests out at most (S29): more comes of a program that does
    /// not listen, and takes no place from those who do.
    pub of_one: usize,
    /// Bodies of requests that are under way, in KiB.
    pub bodies_kib: usize,
}

impl Default for House {
    fn default() -> Self {
        Self {
            at_once: 4,
            waiting: 512,
            wait: Duration::from_secs(2),
            of_one: 2,
            // The evening's segments of a thousand desks are half of it.
            bodies_kib: 96 * 1024,
        }
    }
}

/// Until the first segment was served, one is thought to take so long. Too long a guess sends the first hundreds away
/// from a house that has room.
const FIRST_GUESS: Duration = Duration::from_millis(5);
/// Nobody is told to come back later than in so many seconds.
const BACK_MAX_S: u64 = 600;
/// So long after its moment a desk that was told one still goes before newcomers.
const KEPT: Duration = Duration::from_secs(300);
/// Desks whose moment is remembered, at most.
const TOLD_MAX: usize = 20_000;

/// The queue of pushes.
#[derive(Debug)]
pub struct Turns(Mutex<Inside>);

#[derive(Debug)]
struct Inside {
    house: House,
    pushing: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
    /// Waiting or worked on.
    inside: usize,
    /// Of these, how many each desk has.
    of: HashMap<DeviceId, usize>,
    working: usize,
    /// How often the region gets done with a segment, smoothed.
    pace: Duration,
    /// Who was told to come back, and when.
    told: HashMap<DeviceId, Instant>,
    /// The latest moment anybody was told.
    last: Option<Instant>,
}

/// A desk whose turn it is, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    place: Place,
    since: Instant,
    beside: usize,
    _permit: Option<OwnedSemaphorePermit>,
}

/// Counted as inside, until it is dropped.
#[derive(Debug)]
struct Place {
    turns: Arc<Turns>,
    device: DeviceId,
}

impl Default for Turns {
    fn default() -> Self {
        Self(Mutex::new(Inside::of(House::default())))
    }
}

impl Turns {
    /// Another measure from now on; for an empty house.
    pub fn house(&self, house: House) {
        *self.inside() = Inside::of(house);
    }

    /// Waits for this desk's turn.
    ///
    /// # Errors
    /// The seconds after which to come back: at once when the house is full, and when the turn did not come in time.
    pub async fn turn(self: &Arc<Self>, device: DeviceId) -> Result<Turn, u64> {
        let (pushing, wait) = {
            let mut inside = self.inside();
            inside.enter(device, Instant::now())?;
            (Arc::clone(&inside.pushing), inside.house.wait)
        };
        let place = Place { turns: Arc::clone(self), device };
        let permit = match Arc::clone(&pushing).try_acquire_owned() {
            Ok(permit) => Some(permit),
            // Closed never; were it, the lock of the deciding still keeps the order.
            Err(TryAcquireError::Closed) => None,
            // The pace may have dropped since: a desk that waited half as long again in vain is told so while it
            // listens.
            Err(TryAcquireError::NoPermits) => {
                match tokio::time::timeout(wait.mul_f64(1.5), pushing.acquire_owned()).await {
                    Ok(permit) => permit.ok(),
                    Err(_) => {
                        drop(place);
                        return Err(self.inside().back(device, Instant::now()));
                    }
                }
            }
        };
        let beside = {
            let mut inside = self.inside();
            inside.working += 1;
            inside.working
        };
        Ok(Turn { place, since: Instant::now(), beside, _permit: permit })
    }

    /// Room for a body of so many bytes, before the first of them is read, until it is dropped.
    pub fn room_for(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let kib = u32::try_from(bytes.div_ceil(1024)).ok()?;
        Arc::clone(&self.inside().bodies).try_acquire_many_owned(kib).ok()
    }

    /// Seconds after which there is room, for those whose desk is not known yet.
    pub fn room_in(&self) -> u64 {
        let inside = self.inside();
        whole(inside.ahead() / 2)
    }

    /// Pushes worked on, and waiting.
    pub fn now(&self) -> (usize, usize) {
        let inside = self.inside();
        (inside.working, inside.inside.saturating_sub(inside.working))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn of(house: House) -> Self {
        Self {
            house,
            pushing: Arc::new(Semaphore::new(house.at_once.max(1))),
            bodies: Arc::new(Semaphore::new(house.bodies_kib)),
            inside: 0,
            of: HashMap::new(),
            working: 0,
            pace: FIRST_GUESS,
            told: HashMap::new(),
            last: None,
        }
    }

    /// How long a desk would wait that came now.
    fn ahead(&self) -> Duration {
        self.pace.saturating_mul(u32::try_from(self.inside).unwrap_or(u32::MAX))
    }

    fn enter(&mut self, device: DeviceId, now: Instant) -> Result<(), u64> {
        let moment = self.told.get(&device);
        let kept_its_moment = moment.is_some_and(|at| *at <= now && now < *at + KEPT);
        let House { at_once, waiting, wait, of_one, .. } = self.house;
        let (waiting, wait) = if kept_its_moment {
            (waiting + waiting.div_ceil(2), wait * 5 / 4)
        } else {
            (waiting, wait)
        };
        let free = self.inside < at_once;
        let own = self.of.get(&device).copied().unwrap_or_default();
        let room = free || (self.inside < at_once + waiting && self.ahead() <= wait);
        if room && own < of_one {
            self.told.remove(&device);
            self.inside += 1;
            self.of.insert(device, own + 1);
            return Ok(());
        }
        Err(self.back(device, now))
    }

    fn leave(&mut self, device: DeviceId) {
        self.inside = self.inside.saturating_sub(1);
        if let Entry::Occupied(mut own) = self.of.entry(device) {
            *own.get_mut() -= 1;
            if *own.get() == 0 {
                own.remove();
            }
        }
    }

    /// Gives the desk a moment of its own, one after the other at the pace of the region. The first is when half the
    /// queue is done: those who come back find room, and the region is not idle until they are there.
    fn back(&mut self, device: DeviceId, now: Instant) -> u64 {
        let moment = match self.told.get(&device) {
            // Too early: its moment stays its own.
            Some(moment) if *moment > now => *moment,
            _ => {
                let room = now + self.ahead() / 2;
                let next = self.last.map_or(room, |last| room.max(last + self.pace));
                let latest = now + Duration::from_secs(BACK_MAX_S);
                let moment = next.min(latest);
                self.last = Some(moment);
                if self.told.len() >= TOLD_MAX {
                    self.told.retain(|_, moment| now < *moment + KEPT);
                }
                if self.told.len() < TOLD_MAX {
                    self.told.insert(device, moment);
                }
                moment
            }
        };
        whole(moment.saturating_duration_since(now))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.turns.inside().leave(self.device);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut inside = self.place.turns.inside();
        inside.working = inside.working.saturating_sub(1);
        let beside = u32::try_from(self.beside.max(1)).unwrap_or(u32::MAX);
        let took = self.since.elapsed() / beside;
        inside.pace = (inside.pace * 7 + took) / 8;
    }
}

/// Whole seconds, upwards: who comes back then is not too early.
fn whole(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).clamp(1, BACK_MAX_S)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn desk(n: u128) -> DeviceId {
        DeviceId(Uuid::from_u128(n))
    }

    fn of(at_once: usize, waiting: usize) -> Inside {
        let wait = Duration::from_secs(8);
        let mut inside = Inside::of(House { at_once, waiting, wait, of_one: 2, bodies_kib: 1 });
        inside.pace = Duration::from_secs(1);
        inside
    }

    /// S30 (part): the house holds so many and no more, and each of the others is told a moment of its own, at the
    /// pace of the region, the first when there is room.
    #[test]
    fn a_full_house_gives_each_desk_its_own_moment() {
        let (mut inside, now) = (of(1, 4), Instant::now());
        for n in 0..5 {
            assert_eq!(inside.enter(desk(n), now), Ok(()));
        }
        let told: Vec<u64> = (5..10).map(|n| inside.enter(desk(n), now).unwrap_err()).collect();
        assert_eq!(told, [3, 4, 5, 6, 7]);
        // Too early again: the moment stays.
        let later = now + Duration::from_secs(1);
        assert_eq!(inside.enter(desk(9), later), Err(6));
        assert_eq!(inside.inside, 5);
    }

    /// S30 (part): who keeps the moment it was told goes before newcomers, as long as newcomers fill the house.
    #[test]
    fn who_keeps_its_moment_is_not_overtaken_for_ever() {
        let (mut inside, mut now) = (of(1, 4), Instant::now());
        for n in 0..5 {
            inside.enter(desk(n), now).unwrap();
        }
        let wait = inside.enter(desk(7), now).unwrap_err();
        now += Duration::from_secs(wait);
        // Newcomers took every place that got free meanwhile.
        assert!(inside.enter(desk(100), now).is_err());
        assert_eq!(inside.enter(desk(7), now), Ok(()));
        // Once: the next time it is a newcomer like the others.
        inside.leave(desk(0));
        assert!(inside.enter(desk(7), now).is_err());
        // And not for ever: a moment long past is none.
        assert!(inside.enter(desk(8), now).is_err());
        assert!(inside.enter(desk(8), now + KEPT + Duration::from_secs(60)).is_err());
    }

    /// S30 (part): a program that says everything on many lines at once has two places in the house, and the others are
    /// there for those who listen; it has them again when it was served.
    #[test]
    fn who_does_not_listen_takes_no_place_from_others() {
        let (mut inside, now) = (of(4, 64), Instant::now());
        inside.pace = Duration::ZERO;
        let let_in = (0..60).filter(|_| inside.enter(desk(1), now).is_ok()).count();
        assert_eq!((let_in, inside.inside), (2, 2));
        assert_eq!(inside.enter(desk(2), now), Ok(()));
        inside.leave(desk(1));
        let let_in = (0..60).filter(|_| inside.enter(desk(1), now + KEPT * 2).is_ok()).count();
        assert_eq!((let_in, inside.inside), (1, 3));
        for n in [1, 1, 2] {
            inside.leave(desk(n));
        }
        assert_eq!((inside.inside, inside.of.len()), (0, 0));
    }

    /// S30 (part): a thousand desks at once, each of which comes back when it was told, and one more newcomer with every
    /// one that is done: all are served, in about the order in which they came, and the region is never idle.
    #[test]
    fn a_thousand_desks_are_all_served_while_newcomers_come() {
        const DESKS: u128 = 1000;
        let (mut inside, mut now) = (of(2, 64), Instant::now());
        inside.pace = Duration::from_millis(20);
        let mut waiting: std::collections::VecDeque<u128> = std::collections::VecDeque::new();
        let mut outside: Vec<(Instant, u128)> = (0..DESKS).map(|n| (now, n)).collect();
        let (mut served, mut asked, mut newcomers) = (Vec::new(), 0, DESKS);
        while served.iter().filter(|n| **n < DESKS).count() < DESKS as usize {
            outside.push((now, newcomers));
            newcomers += 1;
            let (come, later): (Vec<_>, Vec<_>) =
                outside.into_iter().partition(|(at, _)| *at <= now);
            outside = later;
            for (_, n) in come {
                asked += 1;
                match inside.enter(desk(n), now) {
                    Ok(()) => waiting.push_back(n),
                    Err(wait) => outside.push((now + Duration::from_secs(wait), n)),
                }
            }
            assert!(inside.inside <= 2 + 64 + 32, "{}", inside.inside);
            let next = waiting.pop_front();
            served.extend(next);
            assert!(next.is_some(), "the region is idle though {} wait outside", outside.len());
            inside.leave(desk(next.unwrap()));
            now += inside.pace;
            assert!(served.len() < 3 * DESKS as usize, "somebody is never served");
        }
        // Told once or twice, not again and again.
        assert!(asked < 4 * served.len(), "{asked} requests for {} served", served.len());
    }

    /// S30 (part): a turn that does not come in time is said so, and the place is free again.
    #[tokio::test]
    async fn nobody_waits_in_vain() {
        let turns = Arc::new(Turns::default());
        let wait = Duration::from_millis(1);
        turns.house(House { at_once: 1, waiting: 1, wait, of_one: 2, bodies_kib: 1 });
        let first = turns.turn(desk(1)).await.unwrap();
        assert_eq!(turns.now(), (1, 0));
        turns.inside().pace = Duration::ZERO;
        assert_eq!(turns.turn(desk(2)).await.unwrap_err(), 1);
        assert_eq!(turns.now(), (1, 0));
        drop(first);
        assert_eq!(turns.now(), (0, 0));
        turns.turn(desk(2)).await.unwrap();
    }

    /// B20 (part): at whatever pace, whoever is let in is answered within three seconds, also who was told to come back.
    #[test]
    fn whoever_is_let_in_waits_three_seconds_at_most() {
        for pace in [2, 5, 10, 50, 200].map(Duration::from_millis) {
            let (mut inside, mut now) = (Inside::of(House::default()), Instant::now());
            inside.pace = pace;
            let mut told = Vec::new();
            for n in 0..2_000 {
                told.extend(inside.enter(desk(n), now).err().map(|wait| (n, wait)));
            }
            now += told.first().map_or(Duration::ZERO, |(_, wait)| Duration::from_secs(*wait));
            for (n, _) in told {
                let _ = inside.enter(desk(n), now);
            }
            let longest = inside.ahead();
            assert!(longest <= Duration::from_secs(3), "{longest:?} at {pace:?} each");
        }
    }

    /// S30 (part).
    #[test]
    fn there_is_room_for_so_many_bytes_and_no_more() {
        let turns = Turns::default();
        turns.house(House { bodies_kib: 3, ..House::default() });
        let (one, two) = (turns.room_for(1).unwrap(), turns.room_for(2048).unwrap());
        assert!(turns.room_for(1).is_none());
        drop(two);
        assert!(turns.room_for(2049).is_none());
        drop((one, turns.room_for(2048).unwrap()));
        assert!(turns.room_for(3 * 1024).is_some());
    }
}
