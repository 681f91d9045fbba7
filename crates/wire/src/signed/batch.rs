//! Many signatures at once: one sum over all of them, in which every key stands once.

use super::{SIGN_DOMAIN, SignedEvent};
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{IsIdentity as _, VartimeMultiscalarMul as _};
use ed25519_dalek::VerifyingKey;
use sha2::{Digest as _, Sha512};
use std::collections::BTreeMap;
use std::iter::once;

/// Separates the hash that weighs a batch from every other hash.
const WEIGHTS_DOMAIN: &[u8] = b"esik/batch/1\0";

/// What one signature adds to the sum.
struct Term {
    r: CompressedEdwardsY,
    s: Scalar,
    h: Scalar,
}

/// Verifies many events at once, each against its own key; far cheaper than one by one. `true` proves that each of
/// them fits by [`SignedEvent::verify`], but for a chance of 2^-128.
/// `false` tells only that at least one may not fit: verify singly to learn which.
///
/// With weights z that nobody can choose, 8(ΣzR + Σzh·A − Σzs·B) = 0 holds only when each signature fits. A
/// station's officers are few: what stands before the same A is added up first, and the largest part of the work is
/// done once for each officer, not for each event.
#[must_use]
pub fn verify_batch(items: &[(&SignedEvent, VerifyingKey)]) -> bool {
    let Some((terms, weights)) = terms(items) else { return false };
    let mut of_base = Scalar::ZERO;
    let mut of_keys: BTreeMap<[u8; 32], (EdwardsPoint, Scalar)> = BTreeMap::new();
    for ((term, z), (_, key)) in terms.iter().zip(&weights).zip(items) {
        of_base -= z * term.s;
        let of_key = of_keys
            .entry(key.to_bytes())
            .or_insert_with(|| (EdwardsPoint::from(*key), Scalar::ZERO));
        of_key.1 += z * term.h;
    }
    if of_keys.values().any(|(point, _)| point.is_small_order()) {
        return false;
    }
    let scalars = once(&of_base).chain(of_keys.values().map(|(_, sum)| sum)).chain(&weights);
    let points = once(Some(ED25519_BASEPOINT_POINT))
        .chain(of_keys.values().map(|(point, _)| Some(*point)))
        .chain(terms.iter().map(|term| term.r.decompress()));
    EdwardsPoint::optional_multiscalar_mul(scalars, points)
        .is_some_and(|sum| sum.mul_by_cofactor().is_identity())
}

/// The terms, and a weight of 128 bits for each, which follows from all of them together: whoever changes one
/// signature changes every weight. `None` when a signature is none.
fn terms(items: &[(&SignedEvent, VerifyingKey)]) -> Option<(Vec<Term>, Vec<Scalar>)> {
    let mut all = Sha512::new().chain_update(WEIGHTS_DOMAIN);
    let mut terms = Vec::with_capacity(items.len());
    for (event, key) in items {
        let signature = event.signature().ok()?;
        let s = Option::<Scalar>::from(Scalar::from_canonical_bytes(*signature.s_bytes()))?;
        // It binds R, the key and the text.
        let h = Sha512::new()
            .chain_update(signature.r_bytes())
            .chain_update(key.as_bytes())
            .chain_update(SIGN_DOMAIN)
            .chain_update(event.e.as_bytes())
            .finalize();
        all.update(h);
        all.update(signature.s_bytes());
        let h = Scalar::from_bytes_mod_order_wide(&h.into());
        terms.push(Term { r: CompressedEdwardsY(*signature.r_bytes()), s, h });
    }
    let all = all.finalize();
    let weights = (0_u64..)
        .flat_map(|n| {
            let block: [u8; 64] =
                Sha512::new().chain_update(all).chain_update(n.to_le_bytes()).finalize().into();
            let (numbers, _) = block.as_chunks::<16>();
            let numbers: [[u8; 16]; 4] = numbers.try_into().unwrap_or_default();
            numbers.map(|z| Scalar::from(u128::from_le_bytes(z)))
        })
        .take(terms.len())
        .collect();
    Some((terms, weights))
}

#[cfg(test)]
mod tests {
    use super::super::forgers::moved;
    use super::super::torsion::{Hand, hand, scalar, sign};
    use super::*;

    fn all_of(hands: [&Hand; 2], events: [&SignedEvent; 2]) -> bool {
        verify_batch(&[(events[0], hands[0].key), (events[1], hands[1].key)])
    }

    /// S14 (part): what is wrong with one signature is never made good by what is wrong with another one.
    #[test]
    fn two_wrong_signatures_do_not_make_up_for_each_other() {
        let (one, other) = (hand(7, 0), hand(8, 0));
        for by in [[&one, &one], [&one, &other]] {
            let (a, b) = (sign(by[0], 1, 0), sign(by[1], 2, 0));
            assert!(all_of(by, [&a, &b]));
            let much = scalar(9);
            let (up, down) = (moved(a.clone(), much), moved(b.clone(), -much));
            assert!(!all_of(by, [&up, &down]), "a plain sum would stand");
            assert!(!all_of(by, [&up, &b]) && !all_of(by, [&a, &down]));
            // Whoever knows the weights could weigh: they change with what he does.
            let (_, z) = terms(&[(&a, by[0].key), (&b, by[1].key)]).unwrap();
            let (up, down) = (moved(a.clone(), z[1] * much), moved(b.clone(), -z[0] * much));
            assert!(!all_of(by, [&up, &down]), "weights that do not follow from s");
        }
    }

    /// S14 (part): a whole page by a few officers, and any one event of it that somebody changed.
    #[test]
    fn a_page_of_a_few_officers_fits_and_every_changed_event_is_noticed() {
        let hands = [hand(11, 0), hand(12, 0), hand(13, 0)];
        for size in [1_usize, 3, 64, 250] {
            let of = |n: usize| &hands[n % hands.len()];
            let mut page: Vec<SignedEvent> = (0..size).map(|n| sign(of(n), n as u64, 0)).collect();
            let fits = |page: &[SignedEvent]| {
                let all: Vec<_> = page.iter().enumerate().map(|(n, e)| (e, of(n).key)).collect();
                verify_batch(&all)
            };
            assert!(fits(&page));
            for at in [0, size / 2, size - 1] {
                let honest = page[at].clone();
                page[at].e.push(' ');
                assert!(!fits(&page), "{at} of {size}");
                page[at] = honest;
            }
            assert!(fits(&page));
        }
    }
}
