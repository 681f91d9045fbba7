//! Files behind events: nothing of a file goes while an event waits, and every file gets there whole.

use crate::desk::{Desk, TestClock};
use crate::region::{Region, sha256};
use esik_sync::{BlobNews, Lane, LaneStep, Local, carry};
use esik_wire::{ApiError, ApiErrorCode, BLOB_CHUNK_BYTES};
use std::sync::Arc;

/// A file of three chunks, the last one short, that an event of the desk named.
fn with_file(region: &Region, desk: &Desk) -> String {
    let bytes: Vec<u8> = (0..2 * BLOB_CHUNK_BYTES + 777).map(|n| (n % 251) as u8).collect();
    let address = sha256(&bytes);
    region.expect(&address, bytes.len());
    desk.inside.lock().unwrap().files.insert(address.clone(), bytes);
    address
}

fn chunks(region: &Region) -> usize {
    region.calls.lock().unwrap().iter().filter(|c| **c == "chunk").count()
}

/// S27: while an event waits, no chunk goes; between two chunks the outbox is asked again.
#[tokio::test]
async fn a_chunk_goes_only_when_no_event_waits() {
    let (region, desk) = (Region::new(), Desk::new(1));
    let local: Arc<dyn Local> = Arc::clone(&desk) as Arc<dyn Local>;
    let (clock, mut lane) = (TestClock::default(), Lane::default());
    with_file(&region, &desk);
    desk.save("note_added", "first");
    assert_eq!(lane.step(&region, &local, &clock).await, Ok(LaneStep::Overtaken));
    assert_eq!(chunks(&region), 0, "an event waited");
    desk.sync(&region).await.unwrap();
    assert_eq!(lane.step(&region, &local, &clock).await, Ok(LaneStep::Moved));
    assert_eq!(chunks(&region), 1);
    desk.save("note_added", "second");
    assert_eq!(lane.step(&region, &local, &clock).await, Ok(LaneStep::Overtaken));
    assert_eq!(chunks(&region), 1, "an event waited");
    desk.sync(&region).await.unwrap();
    assert_eq!(carry(&region, &local, &clock).await, Ok(LaneStep::Idle));
    assert_eq!(chunks(&region), 3, "what was there is not sent again");
}

/// S25: cut after every chunk, the file goes on where it stopped and is complete only as a whole.
#[tokio::test]
async fn a_file_cut_after_every_chunk_arrives_whole() {
    let (region, desk) = (Region::new(), Desk::new(1));
    let local: Arc<dyn Local> = Arc::clone(&desk) as Arc<dyn Local>;
    let clock = TestClock::default();
    let address = with_file(&region, &desk);
    let mut steps = 0;
    // A lane that begins anew every time knows nothing of the one before.
    while Lane::default().step(&region, &local, &clock).await.unwrap() == LaneStep::Moved {
        steps += 1;
        assert!(steps < 9);
    }
    assert_eq!((steps, chunks(&region)), (4, 3));
    let news: Vec<BlobNews> = desk.copy().news.into_iter().map(|(_, news)| news).collect();
    let moved = |done| BlobNews::Moved { done, of: 3 };
    assert_eq!(news, [moved(1), moved(2), moved(3), BlobNews::Arrived]);
    assert!(region.files.lock().unwrap()[&address].complete);

    // Another desk fetches it, cut after every chunk too.
    let other = Desk::new(2);
    other.inside.lock().unwrap().coming.insert(address.clone(), Vec::new());
    other.inside.lock().unwrap().wants = (2 * BLOB_CHUNK_BYTES + 777) as u32;
    let local: Arc<dyn Local> = Arc::clone(&other) as Arc<dyn Local>;
    for _ in 0..3 {
        let step = Lane::default().step(&region, &local, &clock).await;
        assert_eq!(step, Ok(LaneStep::Moved));
    }
    assert_eq!(other.copy().files[&address], desk.copy().files[&address]);
}

/// S21 (part): a chunk that is not what the region said of it is not kept; the file waits with its reason, is not asked
/// for again at once, and the files behind it go on.
#[tokio::test]
async fn a_damaged_chunk_is_told_and_stops_no_other_file() {
    let (region, desk) = (Region::new(), Desk::new(1));
    let local: Arc<dyn Local> = Arc::clone(&desk) as Arc<dyn Local>;
    let good = with_file(&region, &desk);
    // What the region serves has another hash than it says.
    let (bad, bytes) = (sha256(b"bad"), vec![7; 900]);
    region.expect(&bad, bytes.len());
    region.files.lock().unwrap().get_mut(&bad).unwrap().complete = true;
    region.files.lock().unwrap().get_mut(&bad).unwrap().chunks.insert(0, bytes);
    *region.lies.lock().unwrap() = true;
    desk.inside.lock().unwrap().coming.insert(bad.clone(), Vec::new());
    desk.inside.lock().unwrap().wants = 900;
    assert_eq!(carry(&region, &local, &TestClock::default()).await, Ok(LaneStep::Idle));
    let news = desk.copy().news;
    let of_bad: Vec<_> = news.iter().filter(|(of, _)| *of == bad).map(|(_, n)| n).collect();
    assert!(matches!(of_bad[..], [BlobNews::Later { why: "damaged", .. }]), "{of_bad:?}");
    assert!(!desk.copy().files.contains_key(&bad));
    assert!(region.files.lock().unwrap()[&good].complete, "the file behind it went");
    assert_eq!(region.count("get chunk"), 1, "it is not asked again and again");
}

/// S28 (part): a full quota keeps this file for later, with its reason, and lets nothing be lost.
#[tokio::test]
async fn a_full_quota_is_waited_out() {
    let (region, desk) = (Region::new(), Desk::new(1));
    let local: Arc<dyn Local> = Arc::clone(&desk) as Arc<dyn Local>;
    let clock = TestClock::default();
    let address = with_file(&region, &desk);
    let full = ApiError { retry_after_s: Some(3600), ..ApiError::new(ApiErrorCode::Quota) };
    region.refuse.lock().unwrap().insert("chunk", vec![full]);
    assert_eq!(carry(&region, &local, &clock).await, Ok(LaneStep::Idle));
    let (of, news) = desk.copy().news.pop().unwrap();
    assert_eq!(of, address);
    assert!(matches!(news, BlobNews::Later { why: "quota", .. }), "{news:?}");
    assert_eq!(chunks(&region), 1, "it is not asked again and again");
}
