//! `hello`: who is there, what the clock says, what the region holds, which numbers may be used.

use crate::region::{Region, bad_request, failed};
use crate::store::{DeviceRow, DeviceSeen, Held};
use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use chrono_tz::Asia::Almaty;
use esik_domain::event::Role;
use esik_domain::ids::{DeviceId, Pos, StationId};
use esik_domain::number::Lease;
use esik_domain::queue;
use esik_wire::{
    ApiError, ApiErrorCode, BLOCKS_TOLD_MAX, Head, HelloRequest, HelloResponse, OfficerCard,
    PROTOCOL, PROTOCOL_MIN,
};
use std::sync::Arc;

/// Numbers in one block.
pub const BLOCK_NUMBERS: u64 = 200;
/// A desk with fewer numbers gets another block.
pub const BLOCK_LOW: u64 = 50;
/// Blocks one desk may get within a day; a series is not to be eaten up.
pub const BLOCKS_A_DAY_MAX: usize = 50;
/// Days for which a block is given; every greeting begins them anew.
pub const BLOCK_DAYS: i64 = 90;
/// No desk's word moves a series beyond this number: one that lies makes numbers of its station longer by a digit or two.
pub const TOLD_NUMBER_MAX: u64 = 2_000_000;

impl Region {
    /// Answers a desk's `hello`. Registers its new officers, measures its clock, gives numbers.
    ///
    /// # Errors
    /// `unauthorised`, `too_old`, `too_new`, `bad_request`, `busy`.
    pub async fn hello(
        self: &Arc<Self>,
        device: DeviceId,
        r: HelloRequest,
    ) -> Result<HelloResponse, ApiError> {
        self.off(move |region| region.hello_now(device, r)).await
    }

    fn hello_now(&self, id: DeviceId, r: HelloRequest) -> Result<HelloResponse, ApiError> {
        let device = self.live_device(id)?;
        if r.device_id != id || r.incarnation == 0 || r.version.len() > 64 {
            return Err(bad_request());
        }
        if r.protocol_max < PROTOCOL_MIN {
            return Err(ApiError::new(ApiErrorCode::TooOld));
        }
        if r.protocol_min > PROTOCOL {
            return Err(ApiError::new(ApiErrorCode::TooNew));
        }
        let now = self.env.now();
        let acked = self.store.device_head(id, r.incarnation).map_err(failed)?;
        let region_pos = self.store.head().map_err(failed)?;
        if let Some(known) = &r.known
            && known.epoch == self.row.epoch
            // A new life of a desk has another chain, which begins at nothing.
            && (known.pos > region_pos
                || (known.acked.seq > acked.seq && r.incarnation <= device.incarnation))
        {
            self.meters.desk_ahead();
            // The desk sees it too, by comparing the answer with what it knew, and sends again.
            tracing::error!(
                device = %id, known_pos = known.pos.0, pos = region_pos.0,
                "a desk knows more of this region than the region itself: restored without `admin restore --accept`?"
            );
        }
        let known =
            r.known.as_ref().filter(|k| k.epoch == self.row.epoch).map_or(Pos(0), |k| k.pos);
        self.meters.greeted(id, &device.station, known, region_pos);
        if self.read_only {
            return self.read_only_hello(&device, &r, acked, region_pos);
        }
        let tree = match r.tree {
            Some(seen) if self.tree_seen(id, &seen)? => Some(seen),
            _ => None,
        };
        self.store
            .touch_device(
                id,
                &DeviceSeen {
                    at: now,
                    incarnation: r.incarnation,
                    clock_offset_ms: (now - r.device_time).num_milliseconds(),
                    unsent: r.unsent.min(i64::MAX.unsigned_abs()),
                    version: r.version,
                },
                tree.as_ref(),
            )
            .map_err(failed)?;
        self.register(&device, r.officers)?;
        self.take_vouchers(&device, r.vouchers)?;
        let mut officers = self.store.station_officers(&device.station).map_err(failed)?;
        officers.push(self.card(&device.station));
        // First: what the desk has is nobody else's, nor its own once more.
        let renewed = self.renewed(&device, r.blocks, now)?;
        Ok(HelloResponse {
            protocol: PROTOCOL.min(r.protocol_max),
            server_time: now,
            epoch: self.row.epoch.clone(),
            acked,
            scopes: self.scopes(&device)?,
            leases: self.leases_for(&device, r.numbers_left, now)?,
            renewed,
            officers,
            region_pos,
            durable_pos: self.store.backup().map_err(failed)?.map(|b| b.pos),
            desk_letter: self.desk_letter(&device)?,
            publications: self.listed()?,
            decisions: self.decisions_for(id)?,
            tree: Some(self.tree_head()?),
            trees_seen: self.trees_of_others(id)?,
            status_page: self.status_page.get().cloned().unwrap_or_default(),
            frozen: device.frozen && r.incarnation >= device.incarnation,
            warrant: self.warrant().map_err(failed)?,
            files_wanted: self.files_wanted(&device)?,
        })
    }

    /// Over a standby nothing is noted and no number is given; the desk reads on, and keeps what it saved.
    fn read_only_hello(
        &self,
        device: &DeviceRow,
        r: &HelloRequest,
        acked: Head,
        region_pos: Pos,
    ) -> Result<HelloResponse, ApiError> {
        let mut officers = self.store.station_officers(&device.station).map_err(failed)?;
        officers.push(self.card(&device.station));
        Ok(HelloResponse {
            protocol: PROTOCOL.min(r.protocol_max),
            server_time: self.env.now(),
            epoch: self.row.epoch.clone(),
            acked,
            scopes: self.scopes(device)?,
            leases: Vec::new(),
            renewed: Vec::new(),
            officers,
            region_pos,
            durable_pos: self.store.backup().map_err(failed)?.map(|b| b.pos),
            desk_letter: self.desk_letter(device)?,
            publications: self.listed()?,
            decisions: self.decisions_for(device.id)?,
            // A standby keeps nothing of the tree; whoever can write signs it.
            tree: None,
            trees_seen: Vec::new(),
            status_page: self.status_page.get().cloned().unwrap_or_default(),
            frozen: device.frozen && r.incarnation >= device.incarnation,
            warrant: self.warrant().map_err(failed)?,
            files_wanted: Vec::new(),
        })
    }

    /// By the order in which desks joined the station; a revoked one keeps its place.
    fn desk_letter(&self, device: &DeviceRow) -> Result<String, ApiError> {
        let place = |d: &DeviceRow| (d.enrolled_at, d.id);
        let all = self.store.devices().map_err(failed)?;
        let before =
            all.iter().filter(|d| d.station == device.station && place(d) < place(device)).count();
        Ok(queue::desk_letter(u32::try_from(before).unwrap_or(u32::MAX)))
    }

    /// The region itself, so that desks can verify and name what it authors.
    fn card(&self, station: &StationId) -> OfficerCard {
        OfficerCard {
            id: self.actor(),
            name: self.row.name.ru.clone(),
            post: String::new(),
            role: Role::Region,
            station: station.clone(),
            key: self.row.key.clone(),
            circles: Vec::new(),
            circles_word: None,
            revoked: false,
            voucher: None,
        }
    }

    /// Blocks a desk tells of, with the day until which they hold. A restored region forgot those it gave after the copy: it
    /// notes them anew and moves its series beyond, so that they are given to nobody else (adr/0049). One that it gave to
    /// another desk meanwhile is over at once.
    fn renewed(
        &self,
        device: &DeviceRow,
        told: Vec<Lease>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Lease>, ApiError> {
        if told.is_empty() {
            return Ok(Vec::new());
        }
        let has = self.store.leases(device.id).map_err(failed)?;
        let mut room = BLOCKS_A_DAY_MAX.saturating_sub(given_today(&has, now));
        let year = now.with_timezone(&Almaty).year();
        let until = now + TimeDelta::days(BLOCK_DAYS);
        let mut out = Vec::new();
        for block in told.into_iter().take(BLOCKS_TOLD_MAX) {
            let known =
                has.iter().any(|(l, _)| Lease { expires: block.expires, ..l.clone() } == block);
            let held = if known {
                Held::Own
            } else if room > 0 && may_be_told(device, &block, year) {
                room -= 1;
                let held = self.store.hold(&block, device.id, now).map_err(failed)?;
                tracing::warn!(
                    device = %device.id, station = %device.station, year = block.year, from = block.from, to = block.to,
                    ?held, "a desk has numbers of which this region did not know"
                );
                held
            } else {
                tracing::error!(
                    device = %device.id, station = %block.station, year = block.year, from = block.from, to = block.to,
                    "a desk tells of numbers that it cannot have; they are not taken note of"
                );
                continue;
            };
            let expires = Some(if held == Held::Own { until } else { now });
            out.push(Lease { expires, ..block });
        }
        Ok(out)
    }

    /// Blocks a desk needs now: one for this year when it runs low or has none of the year, and one
    /// for the next year in its last two weeks, so that nobody starts January without numbers.
    ///
    /// A lost answer costs a hole in the series; blocks are never given twice.
    pub(crate) fn leases_for(
        &self,
        device: &DeviceRow,
        numbers_left: u64,
        now: DateTime<Utc>,
    ) -> Result<Vec<Lease>, ApiError> {
        let has = self.store.leases(device.id).map_err(failed)?;
        let today = given_today(&has, now);
        let year = now.with_timezone(&Almaty).year();
        let soon = (now + TimeDelta::days(14)).with_timezone(&Almaty).year();
        let none_of = |y: i32| !has.iter().any(|(l, _)| l.year == y);
        let mut years = Vec::new();
        if numbers_left < BLOCK_LOW || none_of(year) {
            years.push(year);
        }
        if soon != year && none_of(soon) {
            years.push(soon);
        }
        years
            .into_iter()
            .take(BLOCKS_A_DAY_MAX.saturating_sub(today))
            .map(|y| {
                let block = self.store.lease(&device.station, y, device.id, BLOCK_NUMBERS, now);
                let expires = Some(now + TimeDelta::days(BLOCK_DAYS));
                block.map(|b| Lease { expires, ..b }).map_err(failed)
            })
            .collect()
    }
}

fn given_today(has: &[(Lease, DateTime<Utc>)], now: DateTime<Utc>) -> usize {
    has.iter().filter(|(_, at)| now - *at < TimeDelta::days(1)).count()
}

/// Could a region have given this block to this desk?
fn may_be_told(device: &DeviceRow, b: &Lease, year: i32) -> bool {
    b.station == device.station
        && (year..=year + 1).contains(&b.year)
        && (1..=b.to).contains(&b.from)
        && b.to - b.from < BLOCK_NUMBERS
        && b.to <= TOLD_NUMBER_MAX
}
