//! Pages in which a forger tries everything that an encoding of Ed25519 lets him write: what is said of the whole page
//! has to be what is said of each of its events.

use super::torsion::{Hand, finish, hand, scalar, sign};
use super::*;
use curve25519_dalek::constants::EIGHT_TORSION;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// How an event of a page came to its signature.
#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    /// By the rule; R may hold a part of small order.
    Honest,
    /// R is a point of small order in any of its spellings, and s made for it: the rule takes it.
    SmallR,
    /// The text was changed afterwards.
    Changed,
    /// s is larger by a number, and in another event smaller by the same one.
    Up,
    Down,
    /// s and the group's order: the same number, written otherwise.
    LongS,
    /// The three highest bits of s are set.
    HighS,
    /// By somebody else.
    Stranger,
    /// By a key of small order, in any of its spellings: whatever one writes would fit.
    SmallKey,
    /// R is no point of the curve.
    NoPoint,
    /// Half a signature, and no base64 at all.
    Short,
    NoText,
}

const FIT: [How; 2] = [How::Honest, How::SmallR];
const MISFIT: [How; 10] = [
    How::Changed,
    How::Up,
    How::Down,
    How::LongS,
    How::HighS,
    How::Stranger,
    How::SmallKey,
    How::NoPoint,
    How::Short,
    How::NoText,
];

/// One event of a page: how it is signed, by which of three officers, which parts of small order his key and R hold,
/// and which spelling of a point is taken.
type Choice = (How, u64, usize, usize, prop::sample::Index);

fn choice(ways: Vec<How>) -> impl Strategy<Value = Choice> {
    (prop::sample::select(ways), 0_u64..3, 0_usize..8, 0_usize..8, any::<prop::sample::Index>())
}

/// Pages in which all fit, a few do not, and anything goes.
fn page() -> impl Strategy<Value = Vec<Choice>> {
    let all = || FIT.into_iter().chain(MISFIT).collect::<Vec<_>>();
    let fits = || prop::collection::vec(choice(FIT.to_vec()), 0..12);
    prop_oneof![
        fits(),
        (fits(), choice(MISFIT.to_vec()), any::<prop::sample::Index>()).prop_map(
            |(mut page, odd, at)| {
                page.insert(at.index(page.len() + 1), odd);
                page
            }
        ),
        (1_usize..6, fits()).prop_map(|(pairs, mut page)| {
            let (mut up, mut down) = (page.clone(), page.clone());
            up.truncate(pairs);
            down.truncate(pairs);
            up.iter_mut().for_each(|c| c.0 = How::Up);
            down.iter_mut().for_each(|c| c.0 = How::Down);
            page.extend(up.into_iter().chain(down));
            page
        }),
        prop::collection::vec(choice(all()), 0..12),
    ]
}

/// Every way to write a point of small order that can be read, the non-canonical ones among them.
fn spellings() -> Vec<[u8; 32]> {
    let sign_bit = |mut bytes: [u8; 32]| {
        bytes[31] ^= 0x80;
        bytes
    };
    let mut all = BTreeSet::new();
    for point in EIGHT_TORSION {
        let plain = point.compress().to_bytes();
        all.extend([plain, sign_bit(plain)]);
        if plain[0] < 19 && plain[1..].iter().all(|byte| *byte == 0) {
            // y + p, which has 255 bits for these y alone.
            let mut long = [0xff; 32];
            (long[0], long[31]) = (0xed + plain[0], 0x7f);
            all.extend([long, sign_bit(long)]);
        }
    }
    let reads = |bytes: &[u8; 32]| {
        CompressedEdwardsY(*bytes).decompress().is_some_and(|point| point.is_small_order())
    };
    let all: Vec<_> = all.into_iter().filter(reads).collect();
    assert!(all.len() > EIGHT_TORSION.len(), "some are not canonical");
    all
}

/// The bytes of a signature, changed.
fn written(event: SignedEvent, change: impl FnOnce(&mut Vec<u8>)) -> SignedEvent {
    let mut bytes = B64.decode(&event.s).unwrap();
    change(&mut bytes);
    SignedEvent { s: B64.encode(bytes), ..event }
}

/// The same event with another number added to s of its signature.
pub(super) fn moved(event: SignedEvent, by: Scalar) -> SignedEvent {
    written(event, |bytes| {
        let s = Scalar::from_canonical_bytes(bytes[32..].try_into().unwrap()).unwrap();
        bytes[32..].copy_from_slice((s + by).as_bytes());
    })
}

/// s + l, where l is the group's order.
pub(super) fn longer(event: SignedEvent) -> SignedEvent {
    let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    written(event, |bytes| {
        let mut carry = 0;
        for (byte, add) in bytes[32..].iter_mut().zip(order.unwrap()) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            (*byte, carry) = (u8::try_from(sum & 0xff).unwrap(), sum >> 8);
        }
    })
}

fn made((how, officer, of_key, of_r, spelling): &Choice, n: u64) -> (SignedEvent, VerifyingKey) {
    let by = hand(20 + officer, *of_key);
    let small = || *spelling.get(&spellings());
    let plain = || sign(&by, n, *of_r);
    let event = match how {
        How::Honest => plain(),
        How::SmallR => {
            finish(&by, format!("{{\"n\":{n}}}"), Scalar::ZERO, CompressedEdwardsY(small()))
        }
        How::Changed => SignedEvent { e: format!("{{\"n\": {n}}}"), ..plain() },
        How::Up => moved(plain(), scalar(9)),
        How::Down => moved(plain(), -scalar(9)),
        How::LongS => longer(plain()),
        How::HighS => written(plain(), |bytes| bytes[63] |= 0xe0),
        How::Stranger => sign(&hand(40 + officer, *of_key), n, *of_r),
        How::SmallKey => {
            let key = VerifyingKey::from_bytes(&small()).unwrap();
            return (sign(&Hand { secret: Scalar::ZERO, key }, n, *of_r), key);
        }
        How::NoPoint => written(plain(), |bytes| {
            let none = (2_u8..).find(|y| {
                let mut r = [0; 32];
                r[0] = *y;
                CompressedEdwardsY(r).decompress().is_none()
            });
            bytes[..32].fill(0);
            bytes[0] = none.unwrap();
        }),
        How::Short => written(plain(), |bytes| bytes.truncate(32)),
        How::NoText => SignedEvent { s: "жоқ".to_owned(), ..plain() },
    };
    (event, by.key)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// S10 (part), S14 (part): a page fits when and only when each of its events does, whatever a forger writes.
    #[test]
    fn a_page_fits_when_each_of_its_events_does(choices in page(), twice in any::<bool>()) {
        let mut made: Vec<_> = (0..).zip(&choices).map(|(n, c)| (made(c, n), FIT.contains(&c.0))).collect();
        if twice {
            // The same event again, as a feed that repeats itself brings it.
            made.extend(made.clone());
        }
        for (((event, key), fits), choice) in made.iter().zip(choices.iter().cycle()) {
            prop_assert_eq!(event.verify(key).is_ok(), *fits, "alone: {:?}", choice);
        }
        let page: Vec<_> = made.iter().map(|((event, key), _)| (event, *key)).collect();
        prop_assert_eq!(verify_batch(&page), made.iter().all(|(_, fits)| *fits));
    }
}
