//! What one does with the keyring: create, add an officer, unlock, change a password.

use super::KeyError;
use super::file::{self, FMT, Kdf, KeyFile, MAGIC, SLOTS_MAX, SUITE, Slot, Wrap};
use super::kdf::{self, KdfParams};
use super::secret::{Drk, Random, Secret32};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use ed25519_dalek::SigningKey;
use esik_domain::ids::{DeviceId, OfficerId};
use std::path::{Path, PathBuf};
use uuid::Uuid;

const PASSWORD: &str = "password";
const ARGON2ID: &str = "argon2id";

/// The desk's keyring on disk. Holds no secret itself.
#[derive(Debug)]
pub struct Keyring {
    dir: PathBuf,
    params: KdfParams,
    file: KeyFile,
    /// False until the first officer was added: before that nobody could open it again.
    written: bool,
}

/// What a right password opens.
pub struct Unlocked {
    /// The device root key.
    pub drk: Drk,
    /// The officer's own signing key (wiped on drop by its type).
    pub signing: SigningKey,
}

impl std::fmt::Debug for Unlocked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unlocked(…)")
    }
}

impl Keyring {
    /// A new keyring with a new root key and device key. Nothing is written before the first
    /// [`Keyring::add_officer`].
    ///
    /// # Errors
    /// `Exists` when the folder holds one; `KdfRefused` for a cost outside the limits.
    pub fn create(
        dir: &Path,
        device_id: DeviceId,
        store_id: Uuid,
        params: KdfParams,
        random: Random<'_>,
    ) -> Result<(Self, Drk), KeyError> {
        params.check()?;
        match file::read(dir) {
            Err(KeyError::Missing) => {}
            Err(e @ KeyError::Io(_)) => return Err(e),
            _ => return Err(KeyError::Exists),
        }
        let drk = Drk::random(1, random);
        let mut file = KeyFile {
            magic: MAGIC.to_owned(),
            fmt: FMT,
            suite: SUITE,
            store_id,
            device_id,
            incarnation: 1,
            epoch: 1,
            generation: 0,
            device_key: Wrap { nonce: String::new(), ct: String::new() },
            slots: Vec::new(),
            mac: String::new(),
            sum: String::new(),
        };
        let device = Secret32::fill(|out| random(out));
        file.device_key =
            file::wrap(&drk.device_wrap_key(), device.bytes(), &file.device_aad(), random)?;
        Ok((Self { dir: dir.to_owned(), params, file, written: false }, drk))
    }

    /// Opens the keyring of a folder. `params` is the cost of slots written from now on.
    ///
    /// # Errors
    /// `Missing`, `Corrupt` (neither copy readable), `Unknown` (a newer program's).
    pub fn open(dir: &Path, params: KdfParams) -> Result<Self, KeyError> {
        params.check()?;
        let file = file::read(dir)?.into_iter().next().ok_or(KeyError::Missing)?;
        Ok(Self { dir: dir.to_owned(), params, file, written: true })
    }

    /// The device these keys belong to.
    #[must_use]
    pub fn device_id(&self) -> DeviceId {
        self.file.device_id
    }
    /// The store these keys belong to.
    #[must_use]
    pub fn store_id(&self) -> Uuid {
        self.file.store_id
    }
    /// Which life of the device this is, from 1.
    #[must_use]
    pub fn incarnation(&self) -> u32 {
        self.file.incarnation
    }
    /// Officers who can open the desk.
    #[must_use]
    pub fn officers(&self) -> Vec<OfficerId> {
        self.file.slots.iter().map(|s| s.officer_id).collect()
    }

    /// Gives an officer a way in. Needs the root key: somebody has to be signed in already.
    ///
    /// # Errors
    /// Password rules, `SlotExists`, `Full`, or the file cannot be written.
    pub fn add_officer(
        &mut self,
        officer: OfficerId,
        password: &str,
        drk: &Drk,
        signing: &SigningKey,
        random: Random<'_>,
    ) -> Result<(), KeyError> {
        kdf::check_new(password)?;
        let mut next = self.trusted(drk)?;
        if next.slots.iter().any(|s| s.officer_id == officer) {
            return Err(KeyError::SlotExists);
        }
        if next.slots.len() >= SLOTS_MAX {
            return Err(KeyError::Full);
        }
        let slot = new_slot(&next, self.params, officer, password, drk, signing, random)?;
        next.slots.push(slot);
        self.commit(next, drk)
    }

    /// Opens the desk for an officer.
    ///
    /// Both copies are tried: a copy whose MAC does not fit is passed over when the other is whole.
    ///
    /// # Errors
    /// `WrongPassword`, `NoSlot`, `KdfRefused` (somebody lowered or inflated the cost), `Tampered`.
    pub fn unlock(&self, officer: OfficerId, password: &str) -> Result<Unlocked, KeyError> {
        if !self.written {
            return open_slot(&self.file, officer, password);
        }
        let mut last = KeyError::Missing;
        for file in file::read(&self.dir)? {
            match open_slot(&file, officer, password) {
                Ok(unlocked) => return Ok(unlocked),
                // The older copy never decides about a password: it may hold the one just changed.
                Err(e @ KeyError::Tampered) => last = e,
                Err(e) => return Err(e),
            }
        }
        Err(last)
    }

    /// The device's own key: signs requests and the heads of pushed segments.
    ///
    /// # Errors
    /// `Tampered` when it does not open under the root key.
    pub fn device_key(&self, drk: &Drk) -> Result<SigningKey, KeyError> {
        let file = self.trusted(drk)?;
        let secret = file::unwrap(&drk.device_wrap_key(), &file.device_key, &file.device_aad())
            .map_err(|_| KeyError::Tampered)?;
        Ok(SigningKey::from_bytes(secret.bytes()))
    }

    /// Changes an officer's password: the new slot is made and opened before the old one goes.
    ///
    /// # Errors
    /// As [`Keyring::unlock`] for the old, the password rules for the new.
    pub fn change_password(
        &mut self,
        officer: OfficerId,
        old: &str,
        new: &str,
        random: Random<'_>,
    ) -> Result<(), KeyError> {
        kdf::check_new(new)?;
        let unlocked = self.unlock(officer, old)?;
        let mut next = self.trusted(&unlocked.drk)?;
        let Unlocked { drk, signing } = &unlocked;
        let slot = new_slot(&next, self.params, officer, new, drk, signing, random)?;
        next.slots.retain(|s| s.officer_id != officer);
        next.slots.push(slot);
        open_unsealed(&next, officer, new)?;
        self.commit(next, &unlocked.drk)
    }

    /// Takes an officer's way in. His signed work stays.
    ///
    /// # Errors
    /// `NoSlot`, `LastSlot`, or the file cannot be written.
    pub fn remove_officer(&mut self, officer: OfficerId, drk: &Drk) -> Result<(), KeyError> {
        let mut next = self.trusted(drk)?;
        if next.slots.iter().all(|s| s.officer_id != officer) {
            return Err(KeyError::NoSlot);
        }
        if next.slots.len() == 1 {
            return Err(KeyError::LastSlot);
        }
        next.slots.retain(|s| s.officer_id != officer);
        self.commit(next, drk)
    }

    /// Starts a new life of the device: after a restore or a clone no sequence number is used twice
    /// (`reliability.md` S16). The number is a leap ahead by chance: a copy that is restored a second time
    /// begins another life than it did the first time.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn next_incarnation(&mut self, drk: &Drk, random: Random<'_>) -> Result<u32, KeyError> {
        self.life_later_than(0, drk, random)
    }

    /// The same, and later than another life that is known of this device: one that was noted outside the profile, say.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn life_later_than(
        &mut self,
        known: u32,
        drk: &Drk,
        random: Random<'_>,
    ) -> Result<u32, KeyError> {
        let mut next = self.trusted(drk)?;
        if !esik_wire::planted::is("same_life_after_restore") {
            next.incarnation = Self::life_after(next.incarnation.max(known), random);
        }
        self.commit(next, drk)?;
        Ok(self.file.incarnation)
    }

    /// A life that comes after another one, a leap ahead: no copy comes to the same, and between them is room for the
    /// branches of copies (`log::branch_off`).
    #[must_use]
    pub fn life_after(life: u32, random: Random<'_>) -> u32 {
        let mut leap = [0; 2];
        random(&mut leap);
        life.saturating_add(16 + u32::from(u16::from_le_bytes(leap)))
    }

    /// Begins the life a region has agreed to: after two copies of the device were seen this one goes on as another
    /// (`reliability.md` S17). A life that has begun already is begun once.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn begin_life(&mut self, life: u32, drk: &Drk) -> Result<(), KeyError> {
        let mut next = self.trusted(drk)?;
        next.incarnation = next.incarnation.max(life);
        self.commit(next, drk)
    }

    /// The youngest copy that somebody with the root key wrote: a file changed by anybody else is
    /// never sealed again by us.
    fn trusted(&self, drk: &Drk) -> Result<KeyFile, KeyError> {
        if !self.written {
            return Ok(self.file.clone());
        }
        for file in file::read(&self.dir)? {
            if file.is_sealed_by(&drk.slot_mac_key())? {
                return Ok(file);
            }
        }
        Err(KeyError::Tampered)
    }

    fn commit(&mut self, mut next: KeyFile, drk: &Drk) -> Result<(), KeyError> {
        next.generation = next.generation.saturating_add(1);
        next.seal(&drk.slot_mac_key())?;
        file::write(&self.dir, &next)?;
        self.file = next;
        self.written = true;
        Ok(())
    }
}

fn new_slot(
    file: &KeyFile,
    cost: KdfParams,
    officer: OfficerId,
    password: &str,
    drk: &Drk,
    signing: &SigningKey,
    random: Random<'_>,
) -> Result<Slot, KeyError> {
    let mut salt = [0; 16];
    random(&mut salt);
    let mut id = [0; 16];
    random(&mut id);
    let empty = Wrap { nonce: String::new(), ct: String::new() };
    let mut slot = Slot {
        slot_id: uuid::Builder::from_random_bytes(id).into_uuid(),
        officer_id: officer,
        kind: PASSWORD.to_owned(),
        kdf: Kdf { id: ARGON2ID.to_owned(), cost, salt: B64.encode(salt) },
        drk: empty.clone(),
        osk: empty,
    };
    let kek = slot_key(file, &slot, password)?;
    let own = Secret32::fill(|out| out.copy_from_slice(signing.as_bytes()));
    slot.drk = file::wrap(&kek, drk.key.bytes(), &file.slot_aad(&slot, "drk"), random)?;
    slot.osk = file::wrap(&kek, own.bytes(), &file.slot_aad(&slot, "osk"), random)?;
    Ok(slot)
}

/// KEK = HKDF(Argon2id(password), "kek/v1" ‖ store ‖ slot).
fn slot_key(file: &KeyFile, slot: &Slot, password: &str) -> Result<Secret32, KeyError> {
    if slot.kind != PASSWORD || slot.kdf.id != ARGON2ID {
        return Err(KeyError::Unknown);
    }
    let salt: [u8; 16] =
        B64.decode(&slot.kdf.salt).ok().and_then(|b| b.try_into().ok()).ok_or(KeyError::Corrupt)?;
    let stretched = kdf::stretch(password, slot.kdf.cost, &salt)?;
    let label = [b"kek/v1".as_slice(), file.store_id.as_bytes(), slot.slot_id.as_bytes()].concat();
    Ok(stretched.derive(&label))
}

fn open_unsealed(file: &KeyFile, officer: OfficerId, password: &str) -> Result<Unlocked, KeyError> {
    let slot = file.slots.iter().find(|s| s.officer_id == officer).ok_or(KeyError::NoSlot)?;
    let kek = slot_key(file, slot, password)?;
    let drk =
        Drk { key: file::unwrap(&kek, &slot.drk, &file.slot_aad(slot, "drk"))?, epoch: file.epoch };
    let own = file::unwrap(&kek, &slot.osk, &file.slot_aad(slot, "osk"))?;
    Ok(Unlocked { drk, signing: SigningKey::from_bytes(own.bytes()) })
}

fn open_slot(file: &KeyFile, officer: OfficerId, password: &str) -> Result<Unlocked, KeyError> {
    let unlocked = open_unsealed(file, officer, password)?;
    if !file.is_sealed_by(&unlocked.drk.slot_mac_key())? {
        return Err(KeyError::Tampered);
    }
    Ok(unlocked)
}
