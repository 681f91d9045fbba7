//! Room kept back for a full disk, on a real disk that is full.

use crate::desk::*;
use crate::tmpfs::Tmpfs;
use esik_domain::ids::DraftId;
use esik_store::attached::Files;
use esik_store::ballast::{BACK_BYTES, BALLAST_BYTES, Ballast, FOLDER, LOW_BYTES, Without};
use esik_store::keys::DbKey;
use esik_store::{Store, StoreError, drafts};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Fills a disk but for so many bytes.
fn fill(dir: &Path, but: u64) -> PathBuf {
    let path = dir.join("filler");
    let mut file = std::fs::File::create(&path).unwrap();
    while file.write_all(&[7; 1 << 16]).is_ok() {}
    let long = file.metadata().unwrap().len();
    file.set_len(long - but).unwrap();
    path
}

/// Bytes that the ballast takes of the disk.
fn taken(profile: &Path) -> Option<u64> {
    profile.join(FOLDER).join("room").metadata().ok().map(|m| m.blocks() * 512)
}

fn open(profile: &Path) -> Store {
    Store::open(&profile.join("esik.db"), &DbKey::from_bytes(&KEY), at(0)).unwrap()
}

fn types(store: &Store, letters: usize) -> Result<(), StoreError> {
    let body = serde_json::json!({ "text": "ж".repeat(letters) });
    store.write(move |tx| drafts::save(tx, officer(1).id, DraftId(next()), &body, at(1)))
}

struct Kept {
    store: Store,
    ballast: Ballast,
    told: Arc<AtomicU32>,
}

impl Kept {
    fn on(profile: &Path) -> Self {
        let told = Arc::new(AtomicU32::new(0));
        let teller = Arc::clone(&told);
        let ballast = Ballast::of(profile, true, move || {
            teller.fetch_add(1, Ordering::SeqCst);
        });
        let store = open(profile);
        store.keep_ballast(ballast.clone());
        ballast.settle();
        Self { store, ballast, told }
    }

    fn types(&self, letters: usize) -> Result<(), StoreError> {
        types(&self.store, letters)
    }
}

/// T23 (part).
#[test]
fn what_is_typed_on_a_full_disk_is_saved_by_giving_up_the_ballast_which_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let profile = dir.path();
    let Some(_disk) = Tmpfs::mount(profile, 96 << 20) else { return };
    // Without one.
    let store = open(profile);
    let filler = fill(profile, 0);
    let refused = types(&store, 1_000_000);
    assert!(matches!(refused, Err(StoreError::DiskFull)), "{refused:?}");
    std::fs::remove_file(filler).unwrap();
    store.close().unwrap();

    let kept = Kept::on(profile);
    let (ballast, told) = (&kept.ballast, &kept.told);
    assert_eq!((taken(profile), ballast.without()), (Some(BALLAST_BYTES), None));
    let sealed = Files::of(profile).beside(ballast.clone());
    let mut random = |out: &mut [u8]| out.fill(next().as_bytes()[15]);
    assert!(sealed.begin(&mut random).is_ok());

    let filler = fill(profile, 0);
    kept.types(1_000_000).expect("the ballast is given up for it");
    assert_eq!((taken(profile), ballast.without()), (None, Some(Without::Given)));
    assert_eq!(told.load(Ordering::SeqCst), 1);
    // The room is for what is typed: no file takes it, neither one's own nor one that comes.
    let file = sealed.begin(&mut random);
    assert!(matches!(file, Err(StoreError::DiskFull)), "{file:?}");
    let came = sealed.keep_chunk(&"a".repeat(64), 0, &[0; 1 << 20], false);
    assert!(matches!(came, Err(StoreError::DiskFull)), "{came:?}");
    kept.types(1_000_000).unwrap();
    assert_eq!(taken(profile), None, "it does not come back into a full disk");
    // The next start finds it gone and the disk full.
    let again = Ballast::of(profile, true, || {});
    again.settle();
    assert_eq!((taken(profile), again.without()), (None, Some(Without::NoRoom)));

    std::fs::remove_file(filler).unwrap();
    kept.types(10).unwrap();
    assert_eq!((taken(profile), ballast.without()), (Some(BALLAST_BYTES), None));
    assert_eq!(told.load(Ordering::SeqCst), 2);
    assert!(sealed.begin(&mut random).is_ok());
    kept.store.close().unwrap();
}

/// T23 (part): a quota says “full” while the disk has free bytes.
#[test]
fn a_disk_that_says_it_is_full_is_believed_and_the_next_try_has_room() {
    let dir = tempfile::TempDir::new().unwrap();
    let kept = Kept::on(dir.path());
    let full = kept.store.write(|_| Err::<(), _>(StoreError::DiskFull));
    assert!(matches!(full, Err(StoreError::DiskFull)));
    assert_eq!((taken(dir.path()), kept.ballast.without()), (None, Some(Without::Given)));
    kept.types(10).unwrap();
    assert_eq!((taken(dir.path()), kept.ballast.without()), (Some(BALLAST_BYTES), None));
    kept.store.close().unwrap();
}

#[test]
fn a_ballast_with_holes_is_laid_anew_and_what_copies_folders_may_leave_it_out() {
    let dir = tempfile::TempDir::new().unwrap();
    let ballast = Ballast::of(dir.path(), true, || {});
    ballast.settle();
    // As a copy of the folder has it.
    let room = dir.path().join(FOLDER).join("room");
    std::fs::File::create(&room).unwrap().set_len(BALLAST_BYTES).unwrap();
    assert_eq!(taken(dir.path()), Some(0));
    ballast.settle();
    assert_eq!(taken(dir.path()), Some(BALLAST_BYTES));
    assert_eq!(room.metadata().unwrap().mode() & 0o777, 0o600);
    let out = std::process::Command::new("tar")
        .args(["--exclude-caches-all", "-cf", "-", "-C"])
        .args([dir.path(), Path::new(".")])
        .output()
        .unwrap();
    assert!(out.status.success() && out.stdout.len() < 100_000, "{} bytes", out.stdout.len());
}

/// A quota again: what the disk refuses is not tried with every save.
#[test]
fn what_the_disk_refuses_is_tried_again_at_the_next_sign_in_only() {
    let dir = tempfile::TempDir::new().unwrap();
    let in_its_way = dir.path().join(FOLDER);
    std::fs::write(&in_its_way, b"").unwrap();
    let kept = Kept::on(dir.path());
    assert_eq!((taken(dir.path()), kept.ballast.without()), (None, Some(Without::NoRoom)));
    std::fs::remove_file(in_its_way).unwrap();
    kept.types(10).unwrap();
    assert_eq!((taken(dir.path()), kept.ballast.without()), (None, Some(Without::NoRoom)));
    kept.ballast.settle();
    assert_eq!((taken(dir.path()), kept.ballast.without()), (Some(BALLAST_BYTES), None));
    kept.store.close().unwrap();
}

#[test]
fn a_small_disk_goes_without_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let Some(_disk) = Tmpfs::mount(dir.path(), BACK_BYTES - LOW_BYTES) else { return };
    let kept = Kept::on(dir.path());
    assert_eq!((taken(dir.path()), kept.ballast.without()), (None, Some(Without::NoRoom)));
    kept.types(1_000_000).unwrap();
    kept.types(10).unwrap();
    assert_eq!((taken(dir.path()), kept.told.load(Ordering::SeqCst)), (None, 1));
    kept.store.close().unwrap();
}

#[test]
fn a_desk_that_keeps_none_lays_none_and_takes_files_while_there_is_room() {
    let dir = tempfile::TempDir::new().unwrap();
    let ballast = Ballast::of(dir.path(), false, || {});
    ballast.settle();
    ballast.after_write();
    assert_eq!((taken(dir.path()), ballast.without()), (None, None));
    assert!(ballast.spares(1 << 20));
}
