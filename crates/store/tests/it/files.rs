//! Attached files on the disk: whole or refused, nameless, and gone when nothing names them.

use esik_store::StoreError;
use esik_store::attached::{Broken, Files, is_address};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Bytes that differ from each other, so that a moved chunk is seen.
fn bytes(n: usize) -> Vec<u8> {
    (0..n).map(|i| u8::try_from((i * 31 + i / 251) % 256).unwrap()).collect()
}

fn counter() -> impl FnMut(&mut [u8]) {
    let mut n = 0u8;
    move |out: &mut [u8]| {
        n = n.wrapping_add(1);
        out.fill(n);
    }
}

struct Kept {
    dir: tempfile::TempDir,
    files: Files,
    address: String,
    key: [u8; 32],
}

impl Kept {
    fn new(plain: &[u8]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::of(dir.path());
        let mut sealer = files.begin(&mut counter()).unwrap();
        for part in plain.chunks(100_000) {
            sealer.push(part).unwrap();
        }
        let sealed = sealer.finish().unwrap();
        assert_eq!(sealed.bytes, plain.len() as u64);
        Self { key: *sealed.key, address: sealed.address, dir, files }
    }
    fn path(&self) -> PathBuf {
        folder(self.dir.path()).join(&self.address)
    }
    fn read(&self) -> Result<Vec<u8>, StoreError> {
        self.files.read(&self.address, &self.key).map(|plain| plain.to_vec())
    }
}

fn folder(profile: &Path) -> PathBuf {
    profile.join("files")
}

const CHUNK: usize = 64 * 1024;

#[test]
fn what_went_in_comes_out_whatever_its_size() {
    for n in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 77, 1_000_000] {
        let plain = bytes(n);
        let kept = Kept::new(&plain);
        assert_eq!(kept.read().unwrap(), plain, "{n}");
        assert_eq!(kept.files.check(&kept.address).unwrap(), None);
        assert!(is_address(&kept.address));
    }
}

/// B21 (part), T1 (part).
#[test]
fn nothing_of_the_content_can_be_read_on_the_disk_and_the_same_file_twice_looks_different() {
    let plain = "Ауладағы шұңқыр ".repeat(9000).into_bytes();
    let dir = tempfile::tempdir().unwrap();
    let files = Files::of(dir.path());
    let mut random = counter();
    let mut sealed = Vec::new();
    for _ in 0..2 {
        let mut sealer = files.begin(&mut random).unwrap();
        sealer.push(&plain).unwrap();
        // Also while it is being written.
        for name in files.names().unwrap() {
            let raw = std::fs::read(folder(dir.path()).join(name)).unwrap();
            assert!(!raw.windows(12).any(|w| w == &plain[..12]));
        }
        sealed.push(sealer.finish().unwrap());
    }
    assert_ne!(sealed[0].address, sealed[1].address);
    assert_ne!(*sealed[0].key, *sealed[1].key);
}

/// S25 (part), B07 (part).
#[test]
fn one_flipped_bit_anywhere_is_refused_and_told() {
    let kept = Kept::new(&bytes(2 * CHUNK + 500));
    let whole = std::fs::read(kept.path()).unwrap();
    let places = [0, 7, 8, 9, 70, CHUNK, CHUNK + 8 + 15, CHUNK + 8 + 16, whole.len() - 1];
    for at in places {
        for bit in [0, 7] {
            let mut bad = whole.clone();
            bad[at] ^= 1 << bit;
            std::fs::write(kept.path(), &bad).unwrap();
            assert!(matches!(kept.read(), Err(StoreError::FileDamaged)), "{at}");
            assert_eq!(kept.files.check(&kept.address).unwrap(), Some(Broken::Altered));
        }
    }
}

#[test]
fn a_cut_a_swapped_and_a_lengthened_file_are_refused() {
    let sealed_chunk = CHUNK + 16;
    let kept = Kept::new(&bytes(3 * CHUNK));
    let whole = std::fs::read(kept.path()).unwrap();
    let mut swapped = whole[..8].to_vec();
    swapped.extend_from_slice(&whole[8 + sealed_chunk..8 + 2 * sealed_chunk]);
    swapped.extend_from_slice(&whole[8..8 + sealed_chunk]);
    swapped.extend_from_slice(&whole[8 + 2 * sealed_chunk..]);
    for bad in [
        whole[..whole.len() - 1].to_vec(),
        // Exactly at the border of a chunk, where every chunk that is left is genuine.
        whole[..8 + 2 * sealed_chunk].to_vec(),
        whole[..8].to_vec(),
        whole[..3].to_vec(),
        Vec::new(),
        [&whole[..], &[0]].concat(),
        [&whole[..], &whole[8..8 + sealed_chunk]].concat(),
        swapped,
    ] {
        std::fs::write(kept.path(), &bad).unwrap();
        assert!(matches!(kept.read(), Err(StoreError::FileDamaged)), "{}", bad.len());
        assert_eq!(kept.files.check(&kept.address).unwrap(), Some(Broken::Altered));
    }
    std::fs::remove_file(kept.path()).unwrap();
    assert!(matches!(kept.read(), Err(StoreError::FileMissing)));
    assert_eq!(kept.files.check(&kept.address).unwrap(), Some(Broken::Missing));
}

#[test]
fn another_key_does_not_open_it_and_an_address_is_no_path() {
    let kept = Kept::new(b"plain");
    assert!(matches!(kept.files.read(&kept.address, &[9; 32]), Err(StoreError::FileDamaged)));
    std::fs::write(kept.dir.path().join("keys.v1"), "secret").unwrap();
    for name in ["../keys.v1", "..", "", "/etc/passwd"] {
        assert!(matches!(kept.files.read(name, &kept.key), Err(StoreError::FileMissing)));
        assert!(!kept.files.has(name));
        kept.files.remove(name).unwrap();
    }
    assert!(kept.dir.path().join("keys.v1").exists());
}

/// S26 (part).
#[test]
fn a_file_that_was_not_finished_leaves_nothing_and_what_nobody_names_is_swept() {
    let kept = Kept::new(b"wanted");
    let mut sealer = kept.files.begin(&mut counter()).unwrap();
    sealer.push(&bytes(200_000)).unwrap();
    assert_eq!(kept.files.names().unwrap().len(), 2);
    drop(sealer);
    assert_eq!(kept.files.names().unwrap(), std::slice::from_ref(&kept.address));
    // As a crash leaves them: a half of one, and one whose event was never saved.
    let dir = folder(kept.dir.path());
    std::fs::write(dir.join(format!("{}.part", "ab".repeat(16))), "half").unwrap();
    std::fs::write(dir.join("cd".repeat(32)), "orphan").unwrap();
    // Not ours: left alone.
    std::fs::write(dir.join("readme.txt"), "note").unwrap();
    let wanted = BTreeSet::from([kept.address.clone()]);
    let now = dir.metadata().unwrap().modified().unwrap();
    let hour = std::time::Duration::from_secs(3600);
    // What is young stays: an older database beside newer files does not know of them.
    assert_eq!(kept.files.sweep(&wanted, now - hour).unwrap(), 1);
    assert!(dir.join("cd".repeat(32)).exists());
    assert_eq!(kept.files.sweep(&wanted, now + hour).unwrap(), 1);
    let mut left = kept.files.names().unwrap();
    left.sort();
    let mut expected = vec![kept.address.clone(), "readme.txt".to_owned()];
    expected.sort();
    assert_eq!(left, expected);
}

#[cfg(unix)]
#[test]
fn files_are_this_users_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let kept = Kept::new(b"x");
    let mode = |p: &Path| p.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&kept.path()), 0o600);
    assert_eq!(mode(&folder(kept.dir.path())), 0o700);
}
