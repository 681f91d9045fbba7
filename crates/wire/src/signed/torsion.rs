//! Signatures made by hand, with parts of small order that no honest program makes: every desk and the region have to
//! say the same of them.

use super::forgers::longer;
use super::*;
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};

/// A secret number, and its key with a part of small order added.
pub(super) struct Hand {
    pub(super) secret: Scalar,
    pub(super) key: VerifyingKey,
}

pub(super) fn scalar(n: u64) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&Sha512::digest(n.to_le_bytes()).into())
}

pub(super) fn hand(n: u64, torsion: usize) -> Hand {
    let secret = scalar(n);
    let point = ED25519_BASEPOINT_POINT * secret + EIGHT_TORSION[torsion];
    Hand { secret, key: VerifyingKey::from_bytes(&point.compress().to_bytes()).unwrap() }
}

/// Signs a text that nobody reads, with another part of small order in R.
pub(super) fn sign(by: &Hand, n: u64, torsion: usize) -> SignedEvent {
    let e = format!("{{\"n\":{n}}}");
    let nonce = scalar(1_000_000 + n);
    let r = (ED25519_BASEPOINT_POINT * nonce + EIGHT_TORSION[torsion]).compress();
    finish(by, e, nonce, r)
}

pub(super) fn finish(by: &Hand, e: String, nonce: Scalar, r: CompressedEdwardsY) -> SignedEvent {
    let h = Sha512::new().chain_update(r.as_bytes()).chain_update(by.key.as_bytes());
    let h = Scalar::from_bytes_mod_order_wide(&h.chain_update(signed_bytes(&e)).finalize().into());
    let s = nonce + h * by.secret;
    SignedEvent { e, s: B64.encode([r.to_bytes(), s.to_bytes()].concat()) }
}

type Rule = fn(&SignedEvent, &VerifyingKey) -> bool;

fn one_rule(e: &SignedEvent, key: &VerifyingKey) -> bool {
    e.verify(key).is_ok()
}

/// The rule for single events before this one.
fn strict(e: &SignedEvent, key: &VerifyingKey) -> bool {
    key.verify_strict(&signed_bytes(&e.e), &e.signature().unwrap()).is_ok()
}

/// What a whole page or segment says of each of its events, as desks and the region ask.
fn told(items: &[(&SignedEvent, VerifyingKey)], rule: Rule) -> Vec<bool> {
    let all = verify_batch(items);
    items.iter().map(|(e, key)| all || rule(e, key)).collect()
}

/// S10, S14 (part): whatever comes beside it in a page, an event's signature fits everywhere or nowhere.
#[test]
fn a_signature_fits_everywhere_or_nowhere() {
    let (honest, other) = (hand(1, 0), hand(2, 0));
    // Batches that say something else of an event than it is told of alone.
    let mut differ = [Vec::new(), Vec::new()];
    for torsion in 0..8 {
        for mixed in 0..8 {
            let by = hand(3, mixed);
            let odd = sign(&by, 5, torsion);
            for others in [0_u64, 1, 2, 3, 7, 16, 63] {
                // Two of them may cancel each other out in a sum, and do so in some batches only.
                let odd_too = sign(&by, 6, (8 - torsion) % 8);
                let rest: Vec<_> = (0..others)
                    .map(|n| sign(if n % 2 == 0 { &honest } else { &other }, 100 + n, 0))
                    .collect();
                let mut batch: Vec<_> = vec![(&odd, by.key), (&odd_too, by.key)];
                batch.extend(
                    (0..).zip(&rest).map(|(n, e): (u64, _)| {
                        (e, if n % 2 == 0 { honest.key } else { other.key })
                    }),
                );
                for (rule, out) in [one_rule as Rule, strict].into_iter().zip(&mut differ) {
                    let alone: Vec<bool> = batch.iter().map(|(e, k)| rule(e, k)).collect();
                    if told(&batch, rule) != alone {
                        out.push((torsion, mixed, others));
                    }
                }
                assert!(batch.iter().all(|(e, k)| one_rule(e, k)), "{torsion} {mixed} {others}");
            }
        }
    }
    let [now, before] = differ;
    assert!(now.is_empty(), "{now:?}");
    assert!(before.len() > 10, "the fault this is against shows: {before:?}");
}

/// S14 (part), T12 (part): what does not fit fits in no batch, and no key of small order signs at all.
#[test]
fn a_signature_that_does_not_fit_fits_nowhere() {
    let (by, other) = (hand(4, 3), hand(5, 0));
    let good = sign(&by, 1, 2);
    let changed = SignedEvent { e: "{\"n\":2}".to_owned(), s: good.s.clone() };
    assert!(good.verify(&by.key).is_ok() && good.verify(&other.key).is_err());
    // s + l: the same number, written otherwise.
    let long = longer(good.clone());
    for bad in [&changed, &long] {
        assert!(bad.verify(&by.key).is_err());
        assert_eq!(told(&[(&good, by.key), (bad, by.key)], one_rule), [true, false]);
    }
    for weak in EIGHT_TORSION {
        let key = VerifyingKey::from_bytes(&weak.compress().to_bytes()).unwrap();
        let by = Hand { secret: Scalar::ZERO, key };
        let event = sign(&by, 1, 0);
        assert!(event.verify(&key).is_err() && !verify_batch(&[(&event, key)]));
    }
}
