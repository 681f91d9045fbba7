//! Who stands for an officer's key (`reliability.md` S14, docs/adr/0038): a colleague of his station who may add officers, or
//! the warrant key of the region, which its server never holds.

use crate::messages::OfficerCard;
use crate::signed::{SigningError, key_from_text, key_text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use esik_domain::ids::OfficerId;
use esik_domain::policy::{Permission, may};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Separates a colleague's word from every other signature.
const VOUCH_DOMAIN: &[u8] = b"esik/vouch-officer/1\0";
/// Separates the warrant key's word on an officer.
const WARRANT_DOMAIN: &[u8] = b"esik/warrant-officer/1\0";
/// Separates the warrant key's word on the key that takes its place.
const CHANGE_DOMAIN: &[u8] = b"esik/warrant-change/1\0";
/// Separates what people compare.
const MARK_DOMAIN: &[u8] = b"esik/mark/1\0";
/// Crockford's alphabet: nothing in it is mistaken for something else when it is read out.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Changes of the warrant key that one answer may carry, and a desk follows.
pub const CHANGES_MAX: usize = 16;
/// Vouchers one greeting may carry.
pub const VOUCHERS_MAX: usize = 200;

/// Somebody's word that an officer has this key, this role and this station.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Voucher {
    /// The colleague; nothing = the region's warrant key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<OfficerId>,
    /// Ed25519, base64.
    pub s: String,
}

/// A voucher and the officer it is for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Vouching {
    pub officer: OfficerId,
    pub voucher: Voucher,
}

/// The public half of the key whose private half the region's server never holds, and how it came to be that one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Warrant {
    /// Ed25519, base64.
    pub key: String,
    /// Each signed by the key it replaces; the oldest first, `CHANGES_MAX` at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<WarrantChange>,
}

/// One warrant key takes the place of another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WarrantChange {
    pub from: String,
    pub to: String,
    /// By `from`, base64.
    pub s: String,
}

impl OfficerCard {
    /// What a voucher is about: who, with which key, in which role, where. Name and post give nobody a right and
    /// may change; on circles there is a word of its own (`crate::circles`).
    fn vouched(&self, domain: &[u8]) -> Vec<u8> {
        // Cannot fail: texts and a name of a list. An empty one would be no card's.
        let what = serde_json::to_vec(&(self.id, &self.key, self.role, &self.station));
        [domain, &what.unwrap_or_default()].concat()
    }

    /// What people compare by voice before they vouch: 16 signs over id, key, role and station.
    #[must_use]
    pub fn mark(&self) -> String {
        mark(&self.vouched(b"card\0"))
    }

    /// May this officer vouch for that one? As he may add him: of his own station, by his role.
    #[must_use]
    pub fn may_vouch_for(&self, card: &Self) -> bool {
        may(self.role, Permission::Administer) && self.station == card.station && self.id != card.id
    }

    /// A colleague's word on this card, by the key of his own.
    #[must_use]
    pub fn vouch(&self, by: OfficerId, key: &SigningKey) -> Voucher {
        Voucher { by: Some(by), s: sign(key, &self.vouched(VOUCH_DOMAIN)) }
    }

    /// The warrant key's word on this card.
    #[must_use]
    pub fn warrant(&self, key: &SigningKey) -> Voucher {
        Voucher { by: None, s: sign(key, &self.vouched(WARRANT_DOMAIN)) }
    }

    /// Is the voucher of this card the word of that colleague, and may he give it?
    #[must_use]
    pub fn is_vouched_by(&self, by: &Self) -> bool {
        let Some(v) = self.voucher.as_ref().filter(|v| v.by == Some(by.id)) else { return false };
        by.may_vouch_for(self)
            && key_from_text(&by.key)
                .is_ok_and(|key| signed_by(&key, &self.vouched(VOUCH_DOMAIN), &v.s))
    }

    /// Is the voucher of this card the word of that warrant key?
    #[must_use]
    pub fn is_warranted_by(&self, warrant: &VerifyingKey) -> bool {
        self.voucher
            .as_ref()
            .filter(|v| v.by.is_none())
            .is_some_and(|v| signed_by(warrant, &self.vouched(WARRANT_DOMAIN), &v.s))
    }
}

impl WarrantChange {
    /// The old key's word that the new one takes its place.
    #[must_use]
    pub fn sign(old: &SigningKey, new: &VerifyingKey) -> Self {
        let (from, to) = (key_text(&old.verifying_key()), key_text(new));
        let s = sign(old, &change(&from, &to));
        Self { from, to, s }
    }

    /// Did the old key say so?
    #[must_use]
    pub fn holds(&self) -> bool {
        key_from_text(&self.to).is_ok()
            && key_from_text(&self.from)
                .is_ok_and(|key| signed_by(&key, &change(&self.from, &self.to), &self.s))
    }
}

impl Warrant {
    /// Does the key that is told come out of the pinned one, by the word of each key it went through?
    #[must_use]
    pub fn comes_from(&self, pinned: &str) -> bool {
        let mut key = pinned;
        for _ in 0..=CHANGES_MAX {
            if key == self.key {
                return true;
            }
            let next = self.changes.iter().take(CHANGES_MAX).find(|c| c.from == key && c.holds());
            let Some(next) = next else { return false };
            key = &next.to;
        }
        false
    }
}

/// What people compare of a public key.
///
/// # Errors
/// When it is none.
pub fn key_mark(key: &str) -> Result<String, SigningError> {
    Ok(mark(&[b"key\0".as_slice(), key_from_text(key)?.as_bytes()].concat()))
}

/// A mark as somebody typed it: any case, spaces and dashes, `O` as 0 and `I`, `L` as 1.
#[must_use]
pub fn typed_mark(typed: &str) -> String {
    let signs: Vec<char> = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(64)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    grouped(&signs)
}

/// 80 bits of a hash: whoever wants another card with the same mark tries 2^80 of them.
fn mark(of: &[u8]) -> String {
    let hash = Sha256::new().chain_update(MARK_DOMAIN).chain_update(of).finalize();
    let (mut bits, mut held, mut signs) = (0_u32, 0_u32, Vec::with_capacity(16));
    for byte in hash.iter().take(10) {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            let at = usize::try_from((bits >> held) & 31).unwrap_or_default();
            signs.extend(ALPHABET.get(at).map(|b| char::from(*b)));
        }
        bits &= 31;
    }
    grouped(&signs)
}

fn grouped(signs: &[char]) -> String {
    signs.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

fn change(from: &str, to: &str) -> Vec<u8> {
    [CHANGE_DOMAIN, from.as_bytes(), b"\n", to.as_bytes()].concat()
}

pub(crate) fn sign(key: &SigningKey, bytes: &[u8]) -> String {
    B64.encode(key.sign(bytes).to_bytes())
}

pub(crate) fn signed_by(key: &VerifyingKey, bytes: &[u8], signature: &str) -> bool {
    let signature = B64.decode(signature).ok().and_then(|s| Signature::from_slice(&s).ok());
    signature.is_some_and(|s| key.verify_strict(bytes, &s).is_ok())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use esik_domain::event::Role;

    pub(crate) fn key(n: u8) -> SigningKey {
        SigningKey::from_bytes(&[n; 32])
    }

    pub(crate) fn card(n: u8, role: Role) -> OfficerCard {
        OfficerCard {
            id: OfficerId(uuid::Uuid::from_u128(n.into())),
            name: "Ахметова Д.".to_owned(),
            post: String::new(),
            role,
            station: "07".into(),
            key: key_text(&key(n).verifying_key()),
            circles: Vec::new(),
            circles_word: None,
            revoked: false,
            voucher: None,
        }
    }

    fn told(key_now: &SigningKey, changes: Vec<WarrantChange>) -> Warrant {
        Warrant { key: key_text(&key_now.verifying_key()), changes }
    }

    /// S14 (part).
    #[test]
    fn a_voucher_is_for_one_key_one_role_and_one_station() {
        let head = card(1, Role::Head);
        let plain = card(2, Role::Officer);
        let officer = OfficerCard { voucher: Some(plain.vouch(head.id, &key(1))), ..plain.clone() };
        assert!(officer.is_vouched_by(&head));
        assert!(
            OfficerCard { name: "Иная И.".to_owned(), revoked: true, ..officer.clone() }
                .is_vouched_by(&head),
            "a name may change"
        );
        for other in [
            OfficerCard { role: Role::Head, ..officer.clone() },
            OfficerCard { station: "08".into(), ..officer.clone() },
            OfficerCard { id: OfficerId(uuid::Uuid::from_u128(9)), ..officer.clone() },
            OfficerCard { key: head.key.clone(), ..officer.clone() },
            OfficerCard { voucher: None, ..officer.clone() },
            OfficerCard { voucher: Some(plain.warrant(&key(1))), ..officer.clone() },
        ] {
            assert!(!other.is_vouched_by(&head), "{other:?}");
            assert_ne!(
                (other.mark(), &other.voucher),
                (officer.mark(), &officer.voucher),
                "people see the difference"
            );
        }
        assert!(!officer.is_warranted_by(&key(1).verifying_key()), "one word is not the other");
        for not_he in [
            OfficerCard { role: Role::Duty, ..head.clone() },
            OfficerCard { station: "08".into(), ..head.clone() },
            OfficerCard { key: plain.key.clone(), ..head.clone() },
            card(3, Role::Head),
        ] {
            assert!(!officer.is_vouched_by(&not_he), "{not_he:?}");
        }
        let first = OfficerCard { voucher: Some(head.warrant(&key(7))), ..head.clone() };
        assert!(first.is_warranted_by(&key(7).verifying_key()));
        assert!(!first.is_warranted_by(&key(8).verifying_key()));
        let own = OfficerCard { voucher: Some(head.vouch(head.id, &key(1))), ..head.clone() };
        assert!(!own.is_vouched_by(&head), "nobody vouches for himself");
    }

    #[test]
    fn a_mark_is_read_as_people_type_it() {
        let mark = card(1, Role::Head).mark();
        assert_eq!(mark.len(), 19, "{mark}");
        let careless = mark.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(typed_mark(&careless), mark);
        assert_ne!(key_mark(&card(1, Role::Head).key).unwrap(), mark);
        assert!(key_mark("nonsense").is_err());
    }

    /// S14 (part).
    #[test]
    fn a_warrant_key_changes_only_by_the_word_of_the_one_before() {
        let [a, b, c] = [key(1), key(2), key(3)];
        let pinned = key_text(&a.verifying_key());
        let step =
            |old: &SigningKey, new: &SigningKey| WarrantChange::sign(old, &new.verifying_key());
        assert!(told(&a, Vec::new()).comes_from(&pinned));
        assert!(!told(&b, Vec::new()).comes_from(&pinned));
        assert!(told(&b, vec![step(&a, &b)]).comes_from(&pinned));
        assert!(told(&c, vec![step(&a, &b), step(&b, &c)]).comes_from(&pinned));
        assert!(!told(&c, vec![step(&b, &c)]).comes_from(&pinned), "a step is missing");
        let forged = WarrantChange { s: step(&b, &a).s, ..step(&a, &b) };
        assert!(!told(&b, vec![forged]).comes_from(&pinned));
        let round = vec![step(&a, &b), step(&b, &a)];
        assert!(!told(&c, round).comes_from(&pinned), "going round in a circle ends");
    }
}
