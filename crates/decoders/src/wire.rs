//! What comes over the line or from a stick: messages, heads and proofs, bundles, receipts, publications.
//!
//! A signature keeps strangers out, not a region or a desk that has gone wrong: where one guards a decoder, the
//! harness signs the bytes itself and looks at what lies behind.

use crate::{chosen, text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signer as _, SigningKey};
use esik_domain::calendar::Calendar;
use esik_domain::ids::Pos;
use esik_domain::knowledge::{Edition, Knowledge};
use esik_wire::bundle::SignedReceipt;
use esik_wire::carried::{self, FileReceipt, Signed, Slip};
use esik_wire::{
    ApiError, BlobStatus, EnrollRequest, EnrollResponse, FeedEntry, FeedPage, FeedRequest,
    GiveBack, GivenBack, HelloRequest, HelloResponse, PushResponse, Segment, SignedHole,
    SignedPublication, SignedTreeHead, TreeHead, TreeLeaf, TreeProof, TreeProofRequest,
    bundle as sealed_bundle, frame, signed,
};
use serde::{Serialize, de::DeserializeOwned};

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn sign(domain: &[u8], text: &str) -> String {
    B64.encode(key().sign(&[domain, text.as_bytes()].concat()).to_bytes())
}

/// A message of one type: what was read is written and read again as the same.
fn one<T: Serialize + DeserializeOwned + PartialEq>(json: &[u8]) -> Option<T> {
    let read: T = serde_json::from_slice(json).ok()?;
    let framed = frame::encode(&read);
    assert!(framed.is_ok(), "what was read can be written");
    let again: Option<T> = framed.ok().and_then(|bytes| frame::decode(&bytes).ok());
    assert!(again.as_ref() == Some(&read), "read again it is the same");
    Some(read)
}

fn entry(entry: &FeedEntry) {
    let _ = entry.event.signature();
    let _ = entry.event.verify(&key().verifying_key());
    if let Ok(envelope) = entry.event.envelope() {
        let _ = envelope.read_body();
    }
}

/// A message as it lies in its frame; the first byte tells which.
pub fn message(bytes: &[u8]) {
    let Some((which, rest)) = chosen(bytes) else { return };
    match which {
        b'a' => drop(one::<EnrollRequest>(rest)),
        b'b' => drop(one::<EnrollResponse>(rest)),
        b'c' => drop(one::<HelloRequest>(rest)),
        b'd' => drop(one::<HelloResponse>(rest)),
        b'e' => {
            for event in one::<Segment>(rest).iter().flat_map(|s| &s.events) {
                let _ = event.hash();
                let _ = event.signature();
            }
            let items: Option<Segment> = serde_json::from_slice(rest).ok();
            if let Some(segment) = items {
                let key = key().verifying_key();
                let all: Vec<_> = segment.events.iter().map(|e| (e, key)).collect();
                let _ = signed::verify_batch(&all);
                let _ = signed::verify_head(&key, &segment.head, &segment.head_sig);
            }
        }
        b'f' => drop(one::<PushResponse>(rest)),
        b'g' => one::<FeedPage>(rest).iter().flat_map(|p| &p.entries).for_each(entry),
        b'h' => drop(one::<FeedRequest>(rest)),
        b'i' => drop(one::<TreeProofRequest>(rest)),
        b'j' => {
            if let Some(status) = one::<BlobStatus>(rest) {
                // A file of so many chunks is refused before anything is counted; here only that it ends.
                if status.bytes <= esik_wire::BLOB_BYTES_MAX {
                    let _ = status.missing();
                }
                let _ = status.sha256(0);
            }
        }
        b'k' => drop(one::<ApiError>(rest)),
        b'm' => one::<GiveBack>(rest).iter().flat_map(|b| &b.events).for_each(|event| {
            let _ = event.verify(&key().verifying_key());
        }),
        b'n' => drop(one::<GivenBack>(rest)),
        b'o' => {
            let Some(text) = text(rest) else { return };
            let s = sign(b"esik/hole/1\n", text);
            let hole = SignedHole::of(text.to_owned(), s).verify(&key().verifying_key());
            let _ = hole.map(|hole| hole.events());
        }
        b'l' => drop(signed::key_from_text(text(rest).unwrap_or_default())),
        // The frame itself: what claims to be large must not be believed.
        _ => {
            let _ = frame::decode::<serde_json::Value>(rest);
        }
    }
}

/// A signed head of the region's tree and the proofs that come with it.
pub fn tree(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let mut lines = text.lines();
    let signed =
        |t: &str| SignedTreeHead { t: t.to_owned(), s: sign(b"esik/sign-tree-head/1\0", t) };
    let mut head = || signed(lines.next().unwrap_or_default()).read(&key().verifying_key()).ok();
    let (old, new) = (head(), head());
    let proof: Option<TreeProof> = lines.next().and_then(|line| serde_json::from_str(line).ok());
    let leaf = |new: &TreeHead| TreeLeaf {
        pos: Pos(new.size / 2 + 1),
        hash: new.root,
        recorded_at: DateTime::<Utc>::UNIX_EPOCH,
    };
    if let (Some(old), Some(new), Some(proof)) = (old, new, proof) {
        let grew = esik_wire::tree::grew(&old, &new, &proof);
        assert!(!grew || old.size <= new.size, "a tree never gets smaller");
        let _ = esik_wire::tree::holds(&new, &leaf(&new), &proof);
    }
}

/// A bundle from a stick, or the head of a file beside it.
pub fn bundle(bytes: &[u8]) {
    if let Ok((slip, head)) = carried::read_file_head(&mut &*bytes) {
        assert!(bytes.starts_with(&head), "what is handed on is what lay there");
        let s = sign(b"esik/slip/1\n", &slip.t);
        if let Ok(slip) = Signed::<Slip>::of(slip.t, s).verify(&key().verifying_key()) {
            let _ = slip.is_whole() && slip.chunk(0).is_some();
        }
    }
    let head = sealed_bundle::head(bytes);
    let opened = sealed_bundle::open(bytes, "akmola", &key());
    assert!(opened.is_err() || head.is_ok(), "what opens has a head");
}

/// A receipt as a desk reads it from a stick: as the region signed it, whatever that is.
pub fn receipt(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(signed) = serde_json::from_str::<SignedReceipt>(text) {
        let _ = signed.verify(&key().verifying_key());
    }
    let s = sign(b"esik/receipt/1\n", text);
    let _ = SignedReceipt { r: text.to_owned(), s }.verify(&key().verifying_key());
    let s = sign(b"esik/file-receipt/1\n", text);
    let _ = Signed::<FileReceipt>::of(text.to_owned(), s).verify(&key().verifying_key());
}

/// The signature of a request, as it stands in its headers.
pub fn request(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let (signature, rest) = text.split_once('\n').unwrap_or((text, ""));
    let key = key().verifying_key();
    let read = esik_wire::request::verify(&key, "POST", "/v1/push", b"", rest, signature);
    assert!(read.is_err(), "nobody signed that");
}

/// Something published, signed by the region whatever it says.
pub fn publication(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let s = sign(b"esik/sign-publication/1\0", text);
    let signed = SignedPublication { p: text.to_owned(), s };
    if let Ok(read) = signed.read(&key().verifying_key()) {
        let again = SignedPublication::sign(&read, &key());
        assert!(again.is_ok_and(|again| again.read(&key().verifying_key()) == Ok(read)));
    }
}

/// A published calendar, and days counted with it.
pub fn calendar(bytes: &[u8]) {
    use esik_domain::deadline::{Counting, calendar_days, working_days};
    let Some(text) = text(bytes) else { return };
    let _ = Calendar::from_json(text);
    let shipped = Calendar::shipped_ref();
    if let Ok(read) = esik_domain::publication::read_calendar(text, Some(shipped)) {
        let from = DateTime::from_timestamp(1_795_000_000, 0).unwrap_or_default();
        let _ = working_days(&read, from, 15, &Counting::default());
        let _ = calendar_days(&read, from, 30, &Counting::default());
    }
}

/// Published cards and services.
pub fn knowledge(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(read) = Edition::read(text, None) {
        let all = Knowledge::with(&read);
        let _ = all.find_cards("жылу");
        let _ = all.find_services("тепло");
        let _ = all.of_category("ZKH-01");
    }
}
