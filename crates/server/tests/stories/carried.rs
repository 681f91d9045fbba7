//! Attached files that somebody else brings: by the word, the rights and the measure of the desk whose file it is.

use crate::common::{Desk, World, fresh, opened, visit};
use esik_domain::event::{AttachmentLinked, Body, FileRef};
use esik_domain::ids::{AttachmentId, CaseId};
use esik_server::quota::Measure;
use esik_wire::blobs::{BLOB_CHUNK_BYTES, chunks_of};
use esik_wire::carried::{Signed, Slip, file_head};
use esik_wire::sealed::sealed_len;
use esik_wire::{ApiError, ApiErrorCode, SyncApi as _, SyncFailure};
use serde_json::Map;
use sha2::{Digest as _, Sha256};

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// What lies on a stick of a sealed file: its slip, and its bytes.
struct OnStick {
    slip: Slip,
    sealed: Vec<u8>,
}

impl OnStick {
    /// Of so many plain bytes; its desk has written down that it is there.
    fn of(desk: &mut Desk, plain: u64) -> Self {
        let sealed: Vec<u8> =
            (0..sealed_len(plain)).map(|n| (n % 249) as u8 ^ plain as u8).collect();
        let case = CaseId(fresh());
        desk.say(case, &visit(), "open");
        desk.say(case, &opened(&format!("ESK-07-2026-{plain}")), "open");
        let linked = AttachmentLinked {
            attachment_id: AttachmentId(fresh()),
            file: FileRef {
                hash: sha256(&sealed),
                name: "яма.jpg".to_owned(),
                media_type: "image/jpeg".to_owned(),
                bytes: plain,
            },
            key: "ab".repeat(32),
            not_identity: false,
            note: String::new(),
            preview_of: None,
            covers: None,
            more: Map::new(),
        };
        desk.say(case, &Body::AttachmentLinked(linked), "open");
        let slip = Slip {
            region_id: "akmola".to_owned(),
            device_id: desk.device,
            address: sha256(&sealed),
            bytes: sealed.len() as u64,
            chunks: sealed.chunks(BLOB_CHUNK_BYTES).map(sha256).collect(),
            preview: false,
            made_at: "2026-11-27T05:00:00Z".parse().unwrap(),
        };
        Self { slip, sealed }
    }

    fn head(&self, by: &Desk) -> Vec<u8> {
        file_head(&Signed::sign(&self.slip, &by.key).unwrap()).unwrap()
    }

    fn chunk(&self, n: u32) -> &[u8] {
        self.sealed.chunks(BLOB_CHUNK_BYTES).nth(n as usize).unwrap()
    }
}

async fn put(
    w: &World,
    carrier: &Desk,
    head: &[u8],
    n: u32,
    chunk: &[u8],
) -> Result<usize, ApiErrorCode> {
    let body = [head, chunk].concat();
    let put = w.region.carried_chunk(carrier.device, n, body.into()).await;
    put.map(|status| status.parts.len()).map_err(|e: ApiError| e.code)
}

/// Whether the region holds it whole and says so with its signature.
async fn shown(w: &World, carrier: &Desk, head: &[u8]) -> Result<bool, ApiErrorCode> {
    let shown = w.region.carried(carrier.device, head.to_vec().into()).await;
    shown.map(|c| c.receipt.is_some()).map_err(|e| e.code)
}

/// S25 (part): a desk of another station brings a file chunk by chunk, twice and in any order; it is whole only with its
/// hash, and who brought it reads nothing of it.
#[tokio::test]
async fn whoever_brings_a_file_reads_none_of_it() {
    let w = World::new();
    let mut owner = w.desk("07").await;
    let carrier = w.desk("08").await;
    let file = OnStick::of(&mut owner, 2 * BLOB_CHUNK_BYTES as u64 + 77);
    let head = file.head(&owner);
    assert_eq!(shown(&w, &carrier, &head).await, Err(ApiErrorCode::NotFound), "no record yet");
    owner.push().await.unwrap();
    assert_eq!(shown(&w, &carrier, &head).await, Ok(false));
    for (n, held) in [(2, 1), (0, 2), (0, 2), (1, 3)] {
        assert_eq!(put(&w, &carrier, &head, n, file.chunk(n)).await, Ok(held));
    }
    let not_found = |answer: Result<Vec<u8>, SyncFailure>| matches!(answer, Err(SyncFailure::Refused(e)) if e.code == ApiErrorCode::NotFound);
    let address = file.slip.address.clone();
    assert!(not_found(owner.handle.blob_chunk(address.clone(), 0).await), "not whole yet");
    assert_eq!(shown(&w, &carrier, &head).await, Ok(true));
    assert_eq!(shown(&w, &carrier, &head).await, Ok(true), "asked again it says the same");
    assert!(not_found(carrier.handle.blob_chunk(address.clone(), 0).await));
    assert!(carrier.handle.blob(address.clone()).await.is_err());
    assert_eq!(owner.handle.blob_chunk(address.clone(), 1).await.unwrap(), file.chunk(1));
    let said = w.region.carried(carrier.device, head.into()).await.unwrap().receipt.unwrap();
    let key = esik_wire::signed::key_from_text(&w.region.identity().key).unwrap();
    let receipt = said.verify(&key).unwrap();
    assert_eq!((receipt.device_id, receipt.address), (owner.device, address));
}

/// B28 (part): only the bytes that the desk signed are kept; what is refused counts nowhere.
#[tokio::test]
async fn only_what_its_desk_signed_is_kept() {
    let w = World::new();
    let mut owner = w.desk("07").await;
    let carrier = w.desk("08").await;
    let file = OnStick::of(&mut owner, BLOB_CHUNK_BYTES as u64 + 500);
    owner.push().await.unwrap();
    let head = file.head(&owner);
    // Room for this file and nothing beside it.
    w.region.measure(Measure { file_bytes: file.slip.bytes, ..Measure::default() });
    let bad = Err(ApiErrorCode::BadRequest);
    let mut flipped = file.chunk(0).to_vec();
    flipped[9] ^= 1;
    assert_eq!(put(&w, &carrier, &head, 0, &flipped).await, bad);
    assert_eq!(put(&w, &carrier, &head, 0, &file.chunk(0)[1..]).await, bad);
    assert_eq!(put(&w, &carrier, &head, 1, file.chunk(0)).await, bad);
    assert_eq!(put(&w, &carrier, &head, 2, file.chunk(1)).await, bad);
    assert_eq!(put(&w, &carrier, &head, u32::MAX, b"").await, bad);
    assert_eq!(put(&w, &carrier, b"", 0, b"").await, bad);
    let forged = file.head(&carrier);
    assert_eq!(put(&w, &carrier, &forged, 0, file.chunk(0)).await, bad);
    // Another size than the record says; chunks that do not make up the file.
    let mut other = OnStick { slip: file.slip.clone(), sealed: file.sealed.clone() };
    other.slip.bytes -= 1;
    assert_eq!(shown(&w, &carrier, &other.head(&owner)).await, Err(ApiErrorCode::BadRequest));
    other.slip = Slip { chunks: vec![sha256(b"x")], ..file.slip.clone() };
    assert_eq!(shown(&w, &carrier, &other.head(&owner)).await, Err(ApiErrorCode::BadRequest));
    let held = owner.handle.blob(file.slip.address.clone()).await.unwrap();
    assert_eq!((held.parts.len(), held.complete), (0, false), "nothing of it was kept");
    assert_eq!(put(&w, &carrier, &head, 0, file.chunk(0)).await, Ok(1));
    assert_eq!(put(&w, &carrier, &head, 0, file.chunk(0)).await, Ok(1), "counted once");
    assert_eq!(put(&w, &carrier, &head, 1, file.chunk(1)).await, Ok(2));
    assert_eq!(shown(&w, &carrier, &head).await, Ok(true));
}

/// S28 (part): what is brought counts in the day of the desk whose file it is, not of the one that brings it.
#[tokio::test]
async fn the_day_of_the_desk_whose_file_it_is_counts() {
    let w = World::new();
    let (mut owner, mut carrier) = (w.desk("07").await, w.desk("08").await);
    let (one, two) = (OnStick::of(&mut owner, 5000), OnStick::of(&mut owner, 6000));
    let own = OnStick::of(&mut carrier, 7000);
    owner.push().await.unwrap();
    carrier.push().await.unwrap();
    w.region.measure(Measure { file_bytes: sealed_len(7000), ..Measure::default() });
    assert_eq!(put(&w, &carrier, &one.head(&owner), 0, one.chunk(0)).await, Ok(1));
    let full = put(&w, &carrier, &two.head(&owner), 0, two.chunk(0)).await;
    assert_eq!(full, Err(ApiErrorCode::Quota));
    let sent = carrier.handle.put_blob_chunk(own.slip.address.clone(), 0, own.sealed.clone()).await;
    assert!(sent.is_ok(), "the carrier has its whole day");
    let named: Vec<_> = w.region.full_today().into_keys().collect();
    assert_eq!(named, [owner.device]);
}

/// Who is not of this region brings nothing; for a desk that was revoked nothing is taken; and nobody's word goes further
/// than what he may know of.
#[tokio::test]
async fn rights_are_those_of_the_desk_that_signed() {
    let w = World::new();
    let mut owner = w.desk("07").await;
    let (carrier, gone) = (w.desk("08").await, w.desk("08").await);
    let mut file = OnStick::of(&mut owner, 5000);
    owner.push().await.unwrap();
    let good = file.head(&owner);
    assert!(w.region.store().revoke_device(gone.device).unwrap());
    assert_eq!(shown(&w, &gone, &good).await, Err(ApiErrorCode::Unauthorised));
    let nobody = Desk::new(&w, "07", esik_domain::event::Role::Officer, &[]);
    assert_eq!(shown(&w, &nobody, &good).await, Err(ApiErrorCode::Unauthorised));
    // The carrier gives its own word for a file of another station.
    file.slip.device_id = carrier.device;
    let own = file.head(&carrier);
    assert_eq!(shown(&w, &carrier, &own).await, Err(ApiErrorCode::NotFound));
    assert_eq!(put(&w, &carrier, &own, 0, file.chunk(0)).await, Err(ApiErrorCode::NotFound));
    file.slip.device_id = gone.device;
    assert_eq!(shown(&w, &carrier, &file.head(&gone)).await, Err(ApiErrorCode::NotFound));
    file.slip = Slip { region_id: "almaty".to_owned(), device_id: owner.device, ..file.slip };
    assert_eq!(shown(&w, &carrier, &file.head(&owner)).await, Err(ApiErrorCode::NotFound));
    assert_eq!(shown(&w, &carrier, &good).await, Ok(false));
    assert_eq!(chunks_of(file.slip.bytes), 1);
    assert!(w.region.store().revoke_device(owner.device).unwrap());
    assert_eq!(shown(&w, &carrier, &good).await, Err(ApiErrorCode::NotFound));
}
