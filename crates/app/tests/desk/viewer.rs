//! Documents shown to a person: each lies by itself, and none outlives the lock.

use esik_app::platform::{Documents, Platform, ThisMachine};
use esik_testkit::World;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// This machine, whose viewer only remembers.
#[derive(Clone, Default)]
struct Remembers(Arc<Mutex<Vec<PathBuf>>>);

impl Platform for Remembers {
    fn open_in_viewer(&self, file: &Path) -> io::Result<()> {
        self.0.lock().unwrap().push(file.to_owned());
        Ok(())
    }
    fn private_dir(&self, dir: &Path) -> io::Result<()> {
        ThisMachine.private_dir(dir)
    }
    fn private_file(&self, options: &mut OpenOptions, file: &Path) -> io::Result<File> {
        ThisMachine.private_file(options, file)
    }
    fn make_private(&self, file: &Path) -> io::Result<()> {
        ThisMachine.make_private(file)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        ThisMachine.sync_dir(dir)
    }
    fn free_bytes(&self, dir: &Path) -> Option<u64> {
        ThisMachine.free_bytes(dir)
    }
    fn take_room(&self, file: &mut File, bytes: u64) -> io::Result<()> {
        ThisMachine.take_room(file, bytes)
    }
    fn taken_bytes(&self, file: &Metadata) -> u64 {
        ThisMachine.taken_bytes(file)
    }
    fn harden(&self) {}
    fn data_dir(&self) -> Option<PathBuf> {
        None
    }
    fn state_dir(&self) -> Option<PathBuf> {
        None
    }
    fn downloads_dir(&self) -> Option<PathBuf> {
        None
    }
    fn memory_dir(&self) -> Option<PathBuf> {
        None
    }
    fn takes_port_back(&self) -> bool {
        false
    }
}

#[test]
fn two_files_of_one_name_are_open_beside_each_other() {
    let world = World::new();
    let viewer = Remembers::default();
    let documents = Documents::new(world.folder().join("shown"), Box::new(viewer.clone()));
    documents.open("скан.pdf", b"first").unwrap();
    documents.open("скан.pdf", b"second").unwrap();
    documents.open("../CON.pdf", b"third").unwrap();
    let shown = viewer.0.lock().unwrap().clone();
    let read = |n: usize| std::fs::read(&shown[n]).unwrap();
    assert_eq!((read(0), read(1), read(2)), (b"first".into(), b"second".into(), b"third".into()));
    assert!(shown[0].ends_with("скан.pdf") && shown[1].ends_with("скан.pdf"));
    assert!(shown[2].ends_with("_CON.pdf"));
    assert!(shown.iter().all(|p| p.starts_with(world.folder().join("shown").join("viewer"))));
    documents.wipe();
    assert!(shown.iter().all(|p| !p.exists()));
}
