//! Sealed files in a folder and in a bucket: one contract, and what a desk is told when the bucket fails it
//! (docs/adr/0019). The bucket is a real server that speaks S3, on loopback; `cargo xtask test` starts it.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use bytes::Bytes;
use common::{Desk, World, fresh, opened, visit};
use esik_domain::event::{AttachmentLinked, Body, FileRef};
use esik_domain::ids::{AttachmentId, CaseId};
use esik_server::blobs::{BlobPlace, Blobs};
use esik_server::store::sqlite::SqliteStore;
use esik_server::{Opening, Region};
use esik_wire::blobs::BLOB_CHUNK_BYTES;
use esik_wire::sealed::sealed_len;
use esik_wire::{ApiErrorCode, LocalName, SyncApi as _, SyncFailure};
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStoreExt as _};
use sha2::{Digest as _, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Where the bucket is. There is no test without it.
fn s3() -> String {
    std::env::var("ESIK_TEST_S3").expect(
        "ESIK_TEST_S3 is not set: `cargo xtask test` starts a server that speaks S3 and sets it; \
         by hand: docs/howto/test-with-a-bucket.md",
    )
}

/// A bucket of its own, new.
async fn bucket() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let name = format!("t-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let made = reqwest::Client::new().put(format!("{}/{name}", s3())).send().await.unwrap();
    assert!(made.status().is_success(), "{made:?}");
    name
}

/// Sealed bytes as they travel: three chunks, the last one shorter. No real file is needed.
fn file(seed: u8) -> (String, Vec<Bytes>) {
    let whole: Vec<u8> = (0..2 * BLOB_CHUNK_BYTES + 700).map(|n| (n % 251) as u8 ^ seed).collect();
    let chunks = whole.chunks(BLOB_CHUNK_BYTES).map(Bytes::copy_from_slice).collect();
    (hex::encode(Sha256::digest(&whole)), chunks)
}

fn bytes(chunks: &[Bytes]) -> u64 {
    chunks.iter().map(|c| c.len() as u64).sum()
}

/// What a place of files must keep. `open` opens the same place anew, as after a restart; `spoil` changes an
/// object where it lies.
async fn keeps(open: impl Fn() -> Blobs, spoil: impl AsyncFn(String, Vec<u8>)) {
    let (address, chunks) = file(1);
    let size = bytes(&chunks);
    let told = async |blobs: &Blobs| {
        let held = blobs.held(&address).await.unwrap();
        (held.told().iter().map(|p| p.n).collect::<Vec<_>>(), held.whole)
    };
    let blobs = open();
    assert_eq!(told(&blobs).await, (vec![], false));
    assert_eq!(blobs.read(&address, size).await.unwrap(), None);
    assert!(!blobs.commit(&address, size).await.unwrap(), "nothing is there");

    // Broken off, another day, another chunk first; and the same one again.
    blobs.put(&address, 2, chunks[2].clone()).await.unwrap();
    blobs.put(&address, 0, chunks[0].clone()).await.unwrap();
    blobs.put(&address, 0, chunks[0].clone()).await.unwrap();
    let blobs = open();
    assert_eq!(told(&blobs).await, (vec![0, 2], false));
    assert!(!blobs.commit(&address, size).await.unwrap(), "a chunk is missing");
    blobs.put(&address, 1, chunks[1].clone()).await.unwrap();
    assert_eq!(blobs.read(&address, size).await.unwrap(), None, "nobody has looked at the whole");
    assert!(blobs.commit(&address, size).await.unwrap());
    assert_eq!(told(&open()).await, (vec![0, 1, 2], true));
    assert_eq!(open().read(&address, size).await.unwrap(), Some(chunks.concat()));
    assert!(open().all().await.unwrap().contains_key(&address));

    // A bit flips where it lies: served to nobody, taken away, sent again.
    let mut flipped = chunks[1].to_vec();
    flipped[77] ^= 1;
    let sha256 = hex::encode(Sha256::digest(&chunks[1]));
    spoil(format!("blobs/{}/{address}/00001-{sha256}", &address[..2]), flipped).await;
    assert_eq!(
        blobs.read(&address, size).await.unwrap(),
        None,
        "a flipped bit is served to nobody"
    );
    assert_eq!(told(&blobs).await, (vec![0, 2], false));
    blobs.put(&address, 1, chunks[1].clone()).await.unwrap();
    assert!(blobs.commit(&address, size).await.unwrap());
    let held = blobs.held(&address).await.unwrap();
    assert_eq!(blobs.chunk(&address, &held, 1).await.unwrap(), Some(chunks[1].clone()));

    // Another file's chunk: the whole has another hash, and everything goes.
    let (other, others) = file(2);
    for (n, chunk) in (0..).zip([&others[0], &chunks[1], &others[2]]) {
        blobs.put(&other, n, chunk.clone()).await.unwrap();
    }
    assert!(!blobs.commit(&other, size).await.unwrap());
    assert!(blobs.held(&other).await.unwrap().told().is_empty());

    // A copy of the region that has the mark and lacks a chunk.
    spoil(format!("blobs/{}/{other}/whole", &other[..2]), b"1".to_vec()).await;
    assert_eq!(blobs.read(&other, size).await.unwrap(), None);

    for address in [&address, &other] {
        blobs.remove(address).await.unwrap();
        blobs.remove(address).await.unwrap();
    }
    assert!(blobs.all().await.unwrap().is_empty(), "what is swept is gone");
}

/// S25 (part).
#[tokio::test]
async fn a_folder_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let place = BlobPlace::Folder(dir.path().to_owned());
    let spoil = async |path: String, bytes| {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    keeps(|| Blobs::open(&place).unwrap(), spoil).await;
}

/// S25 (part): as the program opens it, by `s3://BUCKET/PREFIX` and the variables `AWS_*`.
#[tokio::test]
async fn a_bucket_keeps_the_contract() {
    let name = bucket().await;
    let place = BlobPlace::Bucket(format!("s3://{name}/akmola/files"));
    let objects = AmazonS3Builder::from_env().with_bucket_name(&name).build().unwrap();
    let spoil = async |path: String, bytes: Vec<u8>| {
        let path = Path::from(format!("akmola/files/{path}"));
        objects.put(&path, bytes.into()).await.unwrap();
    };
    keeps(|| Blobs::open(&place).unwrap(), spoil).await;
}

/// What stands between the region and the bucket does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    /// Every answer is this one.
    Says(u16),
    /// Takes the request and never answers.
    Silent,
    /// Breaks the answer off after so many bytes.
    Cut(u64),
    /// Nobody is there.
    Gone,
}

/// A line to the bucket that fails as it is told.
struct Line {
    url: String,
    fault: Arc<Mutex<Fault>>,
    open: Arc<Mutex<JoinSet<()>>>,
}

impl Line {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (fault, open) =
            (Arc::new(Mutex::new(Fault::None)), Arc::new(Mutex::new(JoinSet::new())));
        let (now, all) = (Arc::clone(&fault), Arc::clone(&open));
        tokio::spawn(async move {
            while let Ok((desk, _)) = listener.accept().await {
                let fault = *now.lock().unwrap();
                all.lock().unwrap().spawn(Self::serve(desk, fault));
            }
        });
        Self { url, fault, open }
    }

    async fn serve(mut from: TcpStream, fault: Fault) {
        let mut request = vec![0; 4096];
        match fault {
            Fault::Gone => {}
            Fault::Says(status) => {
                let _ = from.read(&mut request).await;
                let head = format!(
                    "HTTP/1.1 {status} So\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                let _ = from.write_all(head.as_bytes()).await;
                // What was still coming is read: a reset would hide the answer.
                let mut nowhere = tokio::io::sink();
                let rest = tokio::io::copy(&mut from, &mut nowhere);
                let _ = tokio::time::timeout(Duration::from_secs(1), rest).await;
            }
            Fault::Silent => std::future::pending().await,
            Fault::None | Fault::Cut(_) => {
                let to = s3().trim_start_matches("http://").to_owned();
                let Ok(mut to) = TcpStream::connect(to).await else { return };
                if let Fault::Cut(bytes) = fault {
                    let ((mut asks, mut hears), (answers, mut takes)) = (from.split(), to.split());
                    let mut answers = answers.take(bytes);
                    let cut = tokio::io::copy(&mut answers, &mut hears);
                    tokio::select! {
                        _ = tokio::io::copy(&mut asks, &mut takes) => {}
                        _ = cut => {}
                    }
                } else {
                    let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
                }
            }
        }
    }

    /// From now on; lines that are open end.
    fn becomes(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
        self.open.lock().unwrap().abort_all();
    }
}

/// A region whose files lie behind that line, and a desk that wants one there.
async fn behind(line: &Line, name: &str) -> (World, Desk, String) {
    let options = ClientOptions::new().with_allow_http(true).with_timeout(Duration::from_secs(1));
    let builder = AmazonS3Builder::from_env().with_endpoint(&line.url).with_client_options(options);
    let blobs = Blobs::in_bucket(builder, &format!("s3://{name}")).unwrap();
    let mut world = World::new();
    let key = ed25519_dalek::SigningKey::from_bytes(&world.env.bytes());
    let local = || LocalName { kk: "Жетінші".to_owned(), ru: "Седьмое".to_owned() };
    let store = Arc::new(SqliteStore::in_memory("akmola").unwrap());
    Region::found(store.as_ref(), &world.env, &key, "akmola", local()).unwrap();
    world.region = Region::open(Opening {
        store,
        env: world.env.clone(),
        key,
        ca_pem: "CA".to_owned(),
        files: world.dir.path().join("files"),
        present: None,
        read_only: false,
        blobs: BlobPlace::Opened(blobs),
    })
    .unwrap();
    world.region.add_station("07", local()).unwrap();
    let mut desk = world.desk("07").await;
    let (address, chunks) = file(3);
    // The size that seals to these bytes.
    let plain = (0..bytes(&chunks)).rev().find(|n| sealed_len(*n) == bytes(&chunks)).unwrap();
    let case = CaseId(fresh());
    desk.say(case, &visit(), "open");
    desk.say(case, &opened("ESK-07-2026-1"), "open");
    let link = Body::AttachmentLinked(AttachmentLinked {
        attachment_id: AttachmentId(fresh()),
        file: FileRef {
            hash: address.clone(),
            name: "яма.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            bytes: plain,
        },
        key: "00".repeat(32),
        note: String::new(),
        not_identity: false,
        preview_of: None,
        covers: None,
        more: serde_json::Map::new(),
    });
    desk.say(case, &link, "open");
    desk.push().await.unwrap();
    (world, desk, address)
}

/// “Later”, with a moment; anything else is told as it is.
fn later<T: std::fmt::Debug>(answer: Result<T, SyncFailure>) -> Result<(), String> {
    match answer {
        Err(SyncFailure::Refused(e)) if e.code == ApiErrorCode::Busy => {
            e.retry_after_s.map(drop).ok_or_else(|| "no moment".to_owned())
        }
        other => Err(format!("{other:?}")),
    }
}

/// S25 (part), S28 (part): whatever the bucket says, a desk is told to come back, in time; and when the bucket is
/// well again the file goes on where it stopped.
#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_fails_makes_a_desk_wait_and_loses_nothing() {
    let (line, name) = (Line::new().await, bucket().await);
    let (world, desk, address) = behind(&line, &name).await;
    let (_, chunks) = file(3);
    let faults = [
        Fault::Says(403),
        Fault::Says(404),
        Fault::Says(500),
        Fault::Says(503),
        Fault::Silent,
        Fault::Cut(40),
        Fault::Gone,
    ];
    let api = &desk.handle;
    let mut wrong = Vec::new();
    for fault in faults {
        line.becomes(fault);
        let before = Instant::now();
        for (what, answer) in [
            ("asked", later(api.blob(address.clone()).await)),
            ("sent", later(api.put_blob_chunk(address.clone(), 0, chunks[0].to_vec()).await)),
        ] {
            if let Err(said) = answer {
                wrong.push(format!("{fault:?}, {what}: {said}"));
            }
        }
        if before.elapsed() > Duration::from_secs(15) {
            wrong.push(format!("{fault:?} took {:?}", before.elapsed()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));

    line.becomes(Fault::None);
    for (n, chunk) in (0..).zip(&chunks) {
        api.put_blob_chunk(address.clone(), n, chunk.to_vec()).await.unwrap();
        // Between chunks the bucket fails again; what came stays.
        line.becomes(Fault::Says(500));
        later(api.blob(address.clone()).await).unwrap();
        line.becomes(Fault::None);
        assert_eq!(api.blob(address.clone()).await.unwrap().parts.len(), n as usize + 1);
    }
    line.becomes(Fault::Says(500));
    later(api.commit_blob(address.clone()).await).unwrap();
    line.becomes(Fault::None);
    assert!(api.commit_blob(address.clone()).await.unwrap().complete);
    for fault in faults.into_iter().chain([Fault::Cut(100_000)]) {
        line.becomes(fault);
        if let Err(said) = later(api.blob_chunk(address.clone(), 1).await) {
            wrong.push(format!("{fault:?}, fetched: {said}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    line.becomes(Fault::Says(500));
    assert!(world.region.sweep_blobs().await.is_err(), "what could not be told stays");
    line.becomes(Fault::None);
    assert_eq!(api.blob_chunk(address.clone(), 1).await.unwrap(), chunks[1]);
    assert_eq!(world.region.sweep_blobs().await.unwrap(), 0);
}
