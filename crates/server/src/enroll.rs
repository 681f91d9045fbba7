//! A desk joins the region with a one-time code.

use crate::attempts::Patience;
use crate::region::{Region, bad_request, failed, too_often};
use crate::store::{CodeRow, DeviceRow, StationRow, StoreResult};
use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::ids::{DeviceId, StationId};
use esik_wire::{
    ApiError, ApiErrorCode, EnrollRequest, EnrollResponse, LocalName, OfficerCard, signed,
};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Crockford's alphabet: nothing in it is mistaken for something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code: 50 bits.
const CODE_CHARS: usize = 10;
/// Wrong codes from one address before it has to wait.
const PATIENCE: Patience = Patience { tries: 10, window: TimeDelta::minutes(10) };
/// Wrong codes from everywhere together before everybody has to wait.
const PATIENCE_ALL: Patience = Patience { tries: 200, window: TimeDelta::minutes(1) };

/// A code as the administrator hands it over.
#[derive(Clone, Debug)]
pub struct IssuedCode {
    /// `<10 characters>.<SHA-256 of the CA's certificate, hex>`.
    pub code: String,
    pub expires_at: DateTime<Utc>,
}

/// The secret part of a code as the region compares it: without dashes, spaces and fingerprint,
/// upper case, `O` as 0 and `I`, `L` as 1.
#[must_use]
pub fn normalise_code(typed: &str) -> String {
    typed
        .split('.')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .take(64)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect()
}

fn code_hash(code: &str) -> String {
    hex::encode(Sha256::digest(format!("esik/enrol-code/1\n{}", normalise_code(code))))
}

impl Region {
    /// Adds a station or changes its names.
    ///
    /// # Errors
    /// When the store fails.
    pub fn add_station(&self, id: &str, name: LocalName) -> StoreResult<()> {
        self.store.put_station(&StationRow { id: StationId::from(id), name })
    }

    /// Makes a one-time code for a station; `None` when there is no such station.
    /// `ca_fingerprint` is the SHA-256 of the CA's certificate, hex.
    ///
    /// # Errors
    /// When the store fails.
    pub fn issue_code(
        &self,
        station: &str,
        minutes: u32,
        ca_fingerprint: &str,
    ) -> StoreResult<Option<IssuedCode>> {
        let station = StationId::from(station);
        if !self.store.stations()?.iter().any(|s| s.id == station) {
            return Ok(None);
        }
        let code: String = self
            .env
            .bytes::<CODE_CHARS>()
            .iter()
            .filter_map(|b| ALPHABET.get(usize::from(b % 32)))
            .map(|b| char::from(*b))
            .collect();
        let expires_at = self.env.now() + TimeDelta::minutes(i64::from(minutes));
        self.store.put_code(&CodeRow {
            hash: code_hash(&code),
            station,
            expires_at,
            used_by: None,
        })?;
        Ok(Some(IssuedCode { code: format!("{code}.{ca_fingerprint}"), expires_at }))
    }

    /// Enrols a desk. `peer` is whoever asks, for counting wrong codes.
    /// Asking again with the same code, device and key gives the same desk, with fresh leases.
    ///
    /// # Errors
    /// `bad_code`, `bad_request`, `busy`, `too_often`.
    pub async fn enroll(
        self: &Arc<Self>,
        r: EnrollRequest,
        peer: String,
    ) -> Result<EnrollResponse, ApiError> {
        self.off(move |region| region.enroll_now(r, &peer)).await
    }

    fn enroll_now(&self, r: EnrollRequest, peer: &str) -> Result<EnrollResponse, ApiError> {
        let now = self.env.now();
        let key = format!("code:{peer}");
        self.attempts.check(&key, PATIENCE, now).map_err(too_often)?;
        self.attempts.check("code", PATIENCE_ALL, now).map_err(too_often)?;
        let hash = code_hash(&r.code);
        let code = self
            .store
            .code(&hash)
            .map_err(failed)?
            .filter(|c| c.expires_at > now && c.used_by.is_none_or(|d| d == r.device_id));
        let Some(code) = code else {
            self.attempts.wrong(&key, PATIENCE, now);
            self.attempts.wrong("code", PATIENCE_ALL, now);
            return Err(ApiError::new(ApiErrorCode::BadCode));
        };
        self.attempts.right(&key);
        signed::key_from_text(&r.device_key).map_err(|_| bad_request())?;
        if r.incarnation == 0 || r.version.len() > 64 {
            return Err(bad_request());
        }
        let device = self.joining(&r, &code, now)?;
        if !self.store.enrol(&hash, &device).map_err(failed)? {
            return Err(ApiError::new(ApiErrorCode::BadCode));
        }
        // A desk that has not joined names no station, or its own; the code grants this one.
        let station = device.station.clone();
        let here = |c: OfficerCard| OfficerCard { station: station.clone(), ..c };
        self.register(&device, r.officers.into_iter().map(here).collect())?;
        let station = self
            .store
            .stations()
            .map_err(failed)?
            .into_iter()
            .find(|s| s.id == device.station)
            .ok_or_else(|| ApiError::new(ApiErrorCode::Internal))?;
        tracing::info!(device = %device.id, station = %device.station, "a desk joined");
        Ok(EnrollResponse {
            region_id: self.row.id.clone(),
            region_name: self.row.name.clone(),
            station_id: station.id,
            station_name: station.name,
            region_device: self.row.device,
            region_key: self.row.key.clone(),
            ca_pem: self.ca_pem.clone(),
            epoch: self.row.epoch.clone(),
            server_time: now,
            leases: self.leases_for(&device, 0, now)?,
        })
    }

    /// The device's row as it will be; a known device keeps its station and key, and after a fork
    /// it has to come with a new life.
    fn joining(
        &self,
        r: &EnrollRequest,
        code: &CodeRow,
        now: DateTime<Utc>,
    ) -> Result<DeviceRow, ApiError> {
        let fresh = DeviceRow {
            id: r.device_id,
            station: code.station.clone(),
            key: r.device_key.clone(),
            incarnation: r.incarnation,
            revoked: false,
            frozen: false,
            enrolled_at: now,
            seen: None,
        };
        if r.device_id == self.row.device {
            return Err(bad_request());
        }
        let Some(known) = self.store.device(DeviceId(r.device_id.0)).map_err(failed)? else {
            return Ok(fresh);
        };
        if known.revoked || known.key != r.device_key || known.station != code.station {
            return Err(bad_request());
        }
        let lives = known.incarnation.saturating_add(u32::from(known.frozen));
        if r.incarnation < lives {
            // Another copy of it may have begun a later life: it is told from where on lives are new.
            let expected = Some(u64::from(known.incarnation));
            return Err(ApiError { expected, ..ApiError::new(ApiErrorCode::Fork) });
        }
        Ok(fresh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(normalise_code(" ab1o0-xyzil.00ff "), "AB100XYZ11");
        assert_eq!(code_hash("AB100XYZ11"), code_hash("ab1o0 xyzil.whatever"));
        assert_ne!(code_hash("AB100XYZ11"), code_hash("AB100XYZ12"));
    }
}
