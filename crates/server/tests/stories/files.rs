//! What the region keeps of sealed files that no case has any more.

use crate::common::{Desk, World, codes, fresh, opened, visit};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta};
use esik_domain::event::{AttachmentLinked, AttachmentWithdrawn, Body, FileRef};
use esik_domain::ids::{AttachmentId, CaseId};
use esik_wire::sealed::sealed_len;
use esik_wire::{SignedEvent, SyncApi as _};
use serde_json::Map;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::Ordering;

const PLAIN: u64 = 900;

/// Sealed bytes as they travel; no real file is needed.
fn file(seed: u8) -> (String, Bytes) {
    let bytes: Vec<u8> = (0..sealed_len(PLAIN)).map(|n| (n % 251) as u8 ^ seed).collect();
    (hex::encode(Sha256::digest(&bytes)), bytes.into())
}

fn link(id: AttachmentId, hash: &str) -> Body {
    Body::AttachmentLinked(AttachmentLinked {
        attachment_id: id,
        file: FileRef {
            hash: hash.to_owned(),
            name: "яма.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            bytes: PLAIN,
        },
        key: "00".repeat(32),
        note: String::new(),
        not_identity: false,
        preview_of: None,
        covers: None,
        more: Map::new(),
    })
}

/// Takes a file in, sends it and takes it back: from now on no case has it.
async fn taken_back(desk: &mut Desk, case: CaseId, seed: u8) -> String {
    let ((hash, bytes), id) = (file(seed), AttachmentId(fresh()));
    desk.say(case, &link(id, &hash), "open");
    desk.push().await.unwrap();
    desk.handle.put_blob_chunk(hash.clone(), 0, bytes.to_vec()).await.unwrap();
    assert!(desk.handle.commit_blob(hash.clone()).await.unwrap().complete);
    let back =
        AttachmentWithdrawn { attachment_id: id, reason: "не то".to_owned(), more: Map::new() };
    desk.say(case, &Body::AttachmentWithdrawn(back), "open");
    desk.push().await.unwrap();
    hash
}

/// The addresses that lie there; each is made as old as the region's clock says that it is.
fn lying(world: &World, aged: bool) -> BTreeSet<String> {
    fn below(dir: &Path, each: &mut dyn FnMut(&Path)) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { below(&path, each) } else { each(&path) }
        }
    }
    let now = DateTime::from_timestamp_millis(world.clock.load(Ordering::SeqCst)).unwrap();
    let mut all = BTreeSet::new();
    below(&world.dir.path().join("files").join("blobs"), &mut |path| {
        if aged {
            std::fs::File::open(path).unwrap().set_modified(now.into()).unwrap();
        }
        let address = path.parent().unwrap().file_name().unwrap();
        all.insert(address.to_str().unwrap().to_owned());
    });
    all
}

/// S26 (part): a file that only a record set aside names, one that only the branch of a copied desk names, and one
/// that a record of a later program names may all be wanted yet: for ever, not for a month.
#[tokio::test]
async fn what_is_set_aside_keeps_its_file() {
    let world = World::new();
    let mut desk = world.desk("07").await;
    let case = CaseId(fresh());
    desk.say(case, &visit(), "open");
    desk.say(case, &opened("ESK-07-2026-1"), "open");
    let nobodys = taken_back(&mut desk, case, 1).await;
    let quarantined = taken_back(&mut desk, case, 2).await;
    let branch = taken_back(&mut desk, case, 3).await;
    let later = taken_back(&mut desk, case, 4).await;

    // A record of a later program, which this one gives on without reading it.
    let mut unread = desk.envelope(case, &link(AttachmentId(fresh()), &later), "open");
    unread.version = 99;
    desk.save(&unread);
    assert_eq!(codes(&desk.push().await.unwrap()), ["accepted"]);

    // A copy of this desk wrote something else in the same place.
    let (first_seq, head) = (desk.first_unsent, desk.head);
    let other = desk.envelope(case, &link(AttachmentId(fresh()), &branch), "open");
    let other = SignedEvent::sign(&other, &desk.officer_key).unwrap();
    let segment = desk.segment_of(first_seq, vec![other]);
    desk.say(case, &crate::common::note("по-своему"), "open");
    desk.push().await.unwrap();
    assert!(desk.handle.push(segment).await.is_err(), "two heads of one desk: {head:?}");

    // And what somebody wrote whose rights had been taken away before it came.
    let mut late = world.desk("07").await;
    world.region.store().revoke_officer(late.card.id).unwrap();
    late.say(case, &link(AttachmentId(fresh()), &quarantined), "open");
    assert_eq!(codes(&late.push().await.unwrap()), ["quarantined:officer_revoked"]);

    assert_eq!(lying(&world, true).len(), 4);
    world.pass(TimeDelta::days(29));
    assert_eq!(world.region.sweep_blobs().await.unwrap(), 0, "a month has not passed");
    world.pass(TimeDelta::days(400));
    assert_eq!(world.region.sweep_blobs().await.unwrap(), 1);
    assert_eq!(lying(&world, false), BTreeSet::from([quarantined, branch, later]), "{nobodys}");
}
