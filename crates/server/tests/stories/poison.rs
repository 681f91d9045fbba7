//! A desk whose program writes nonsense among its good events: the nonsense is set aside, all the rest arrives.
//! `ESIK_POISON` says how many such events; twenty good ones stand around each.

use crate::common::{Desk, World, codes, fresh, note, visit};
use ed25519_dalek::SigningKey;
use esik_domain::event::Envelope;
use esik_domain::ids::{CaseId, EventId, Pos};
use esik_wire::{FeedRequest, SignedEvent, SyncApi as _};
use std::collections::BTreeSet;

/// Good events around each bad one.
const GOOD: usize = 20;
/// Bad ones in one segment.
const TOGETHER: usize = 10;
/// Bad ones of one desk: a desk has a day's measure.
const OF_ONE_DESK: usize = 100;

/// Signs any text as the officer would; limits are for the reader to hold.
fn signed_text(desk: &Desk, text: String) -> SignedEvent {
    // Signed as an event, whatever it says: a small good one lends the form, the signature is over these bytes.
    let s = sign(&desk.officer_key, &text);
    SignedEvent { e: text, s }
}

fn sign(key: &SigningKey, text: &str) -> String {
    use base64::Engine as _;
    use ed25519_dalek::Signer as _;
    let bytes = [b"esik/sign-event/1\0", text.as_bytes()].concat();
    base64::engine::general_purpose::STANDARD.encode(key.sign(&bytes).to_bytes())
}

/// The n-th kind of nonsense.
fn poison(desk: &Desk, case: CaseId, n: usize) -> SignedEvent {
    let good: Envelope = desk.envelope(case, &note("жақсы"), "open");
    let json = serde_json::to_string(&good).unwrap();
    let with = |from: &str, to: &str| {
        let changed = json.replacen(from, to, 1);
        assert_ne!(changed, json, "{from} is not there");
        signed_text(desk, changed)
    };
    match n % 16 {
        0 => signed_text(desk, json[..json.len() / 2].to_owned()),
        1 => signed_text(desk, String::new()),
        2 => with("жақсы", &"ә".repeat(40_000)),
        3 => with("\"жақсы\"", &format!("{}1{}", "[".repeat(500), "]".repeat(500))),
        4 => with("\"v\":1", "\"v\":1,\"v\":1"),
        5 => with("жақсы", "жақ\\u0000сы"),
        6 => with("\"incarnation\":1", "\"incarnation\":9223372036854775808"),
        7 => with("жақсы", "жақ\\ud800сы"),
        8 => with("\"text\":\"жақсы\"", "\"text\":7"),
        9 => {
            let other = SigningKey::from_bytes(&[99; 32]);
            SignedEvent::sign(&good, &other).unwrap()
        }
        // Properly signed, and beyond what an event may hold.
        10 => with("\"text\":\"жақсы\"", "\"text\":\"жақсы\",\"n\":9007199254740993"),
        11 => with("жақсы", "жаи\u{306}сы"),
        12 => with("\"text\":\"жақсы\"", "\"text\":\"жақсы\",\"text\":\"жаман\""),
        13 => with("\"text\"", &format!("\"more\":{}1{},\"text\"", "[".repeat(40), "]".repeat(40))),
        14 => {
            let far = Envelope { device_seq: esik_domain::ids::DeviceSeq(1 << 40), ..good };
            SignedEvent::sign(&far, &desk.officer_key).unwrap()
        }
        _ => SignedEvent { s: "AAAA".to_owned(), ..signed_text(desk, json) },
    }
}

/// Everything a desk of the station may read, page by page.
async fn all(reader: &Desk) -> Vec<EventId> {
    let (mut found, mut after) = (Vec::new(), Pos(0));
    loop {
        let page = reader
            .handle
            .feed(FeedRequest {
                scope: reader.station_scope(),
                after,
                epoch: reader.epoch.clone(),
                limit: 500,
                wait_s: 0,
                seen: None,
            })
            .await
            .unwrap();
        found.extend(page.entries.iter().map(|e| e.event.envelope().unwrap().id));
        assert!(page.next > after || page.entries.is_empty(), "the cursor stands still");
        after = page.next;
        if !page.more {
            return found;
        }
    }
}

/// B38, S21, S22 (part): every good event arrives, every bad one is set aside with its reason, and nothing waits: no
/// JSON, too large, too deep, a key twice, a NUL, half a sign, a text taken apart, a number beyond 2^53, a forged
/// signature, a broken chain. (Beyond right: `rights.rs`; bytes that are no message: `hostile_bodies_are_refused_not…`;
/// at a desk: `a_poisoned_entry_never_stops_the_others`; files: `a_damaged_chunk_is_told_and_stops_no_other_file`;
/// that any readable event can be folded: `the_fold_is_total` and `every_decoder_comes_back`.)
#[tokio::test]
async fn nonsense_among_good_events_is_set_aside_and_stops_nothing() {
    let many = std::env::var("ESIK_POISON").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let w = World::new();
    let reader = w.desk("07").await;
    let (mut good, mut bad) = (Vec::new(), 0);
    let mut desk = w.desk("07").await;
    let mut of_desk = 0;
    let mut kinds = BTreeSet::new();
    while bad < many {
        if of_desk >= OF_ONE_DESK {
            desk = w.desk("07").await;
            of_desk = 0;
        }
        let case = CaseId(fresh());
        good.push(desk.say(case, &visit(), "open"));
        let mut here = 0;
        while here < TOGETHER && bad + here < many {
            for _ in 0..GOOD {
                good.push(desk.say(case, &note("жақсы"), "open"));
            }
            let nonsense = poison(&desk, case, bad + here);
            desk.save_signed(nonsense);
            here += 1;
        }
        good.push(desk.say(case, &note("соңы"), "open"));
        let answer = desk.push().await.unwrap();
        let said = codes(&answer);
        let aside = said.iter().filter(|c| c.starts_with("quarantined:"));
        assert_eq!(aside.clone().count(), here, "{said:?}");
        kinds.extend(aside.cloned());
        assert_eq!(said.iter().filter(|c| *c == "accepted").count(), said.len() - here);
        bad += here;
        of_desk += here;
    }
    assert_eq!(
        all(&reader).await,
        good,
        "all that is good arrived, in its order, and nothing else"
    );
    let counts = w.region.store().counts().unwrap();
    assert_eq!((counts.quarantined, counts.rejected), (bad as u64, 0));
    assert_eq!((counts.events, counts.head_pos), (good.len() as u64, good.len() as u64));
    assert!(many < 16 || kinds.len() >= 5, "{kinds:?}");
    println!("soak: {bad} bad among {} good, set aside as {kinds:?}", good.len());
}
