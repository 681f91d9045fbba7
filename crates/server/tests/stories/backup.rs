//! A region is copied, restored and moved; over both engines.

use crate::common::browser::{Browser, PASSWORD};
use crate::common::engine::{Place, on_postgres};
use crate::common::{Desk, World, fresh, kinds, note, opened, referral, visit};
use esik_domain::event::Role;
use esik_domain::ids::{CaseId, EventId, Pos};
use esik_server::backup::{self, BackupError};
use esik_server::portal::NewClerk;
use esik_server::site::Site;
use esik_server::store::{Backup, StoreError};
use esik_server::{Env, OpenError};
use esik_wire::{GiveBack, Hole, LocalName, Segment, SignedEvent, SignedHole, SyncApi as _};
use std::path::{Path, PathBuf};

fn name() -> LocalName {
    LocalName { kk: "Жетінші".to_owned(), ru: "Седьмое".to_owned() }
}

/// An empty place of the engine this file runs over, and where its state lies.
fn place(dir: &Path, of: &str) -> (Site, PathBuf) {
    if on_postgres() {
        let state = dir.join(of);
        (Site::on_postgres(Place::new().address(), state.clone(), None), state)
    } else {
        let db = dir.join(format!("{of}.db"));
        (Site::new(&db, None), dir.join(format!("{of}.db.state")))
    }
}

struct Story {
    w: World,
    env: Env,
    site: Site,
}

impl Story {
    /// A founded region with station 07.
    fn new() -> Self {
        let w = World::new();
        let (site, _) = place(w.dir.path(), "here");
        Self::at(w, site)
    }

    fn at(mut w: World, site: Site) -> Self {
        let env = w.env.clone();
        site.create(&env, "akmola", name(), &[]).unwrap();
        w.region = site.open(env.clone()).unwrap();
        w.region.add_station("07", name()).unwrap();
        Self { w, env, site }
    }

    async fn desk(&self) -> Desk {
        self.w.desk_with("07", Role::Officer, &[]).await
    }

    fn path(&self, name: &str) -> PathBuf {
        self.w.dir.path().join(name)
    }

    /// The server is gone.
    fn down(&mut self, desk: &mut Desk) {
        let elsewhere = World::new().region;
        desk.handle.region = elsewhere.clone();
        self.w.region = elsewhere;
    }
}

async fn work(desk: &mut Desk, all: &mut Vec<SignedEvent>, n: usize) {
    let case = CaseId(fresh());
    desk.say(case, &visit(), "open");
    desk.say(case, &opened(&format!("ESK-07-2026-{n}")), "open");
    desk.say(case, &note("келді"), "open");
    all.extend(desk.unsent.clone());
    desk.push().await.unwrap();
}

/// S15, B13 (part): what is restored holds everything of the backup, is not served before it is accepted, and then
/// has another epoch.
#[tokio::test]
async fn a_backup_is_restored_elsewhere_and_stays_closed_until_accepted() {
    let mut s = Story::new();
    let (mut desk, mut all) = (s.desk().await, Vec::new());
    work(&mut desk, &mut all, 1).await;
    assert_eq!(desk.hello(60).await.unwrap().durable_pos, None);
    let to = s.path("copy");
    // Beside the running region.
    let made = backup::backup(&s.site, s.env.clone(), &to).unwrap();
    assert_eq!((made.pos, made.region.as_str()), (3, "akmola"));
    assert_eq!(desk.hello(60).await.unwrap().durable_pos.unwrap().0, 3, "S4: desks are told");
    assert_eq!(backup::verify(&to).unwrap().0, made);
    work(&mut desk, &mut all, 2).await;
    assert_eq!(desk.hello(60).await.unwrap().durable_pos.unwrap().0, 3);

    let (elsewhere, state) = place(s.w.dir.path(), "there");
    backup::restore(&elsewhere, &to).unwrap();
    let closed = elsewhere.open(s.env.clone());
    assert!(matches!(closed, Err(OpenError::OtherEpoch { .. })), "S15: {:?}", closed.err());
    let again = backup::restore(&elsewhere, &to);
    assert!(matches!(again, Err(BackupError::NotEmpty)), "{again:?}");
    let epoch = elsewhere.accept_restore(s.env.clone()).unwrap();
    assert_ne!(epoch, made.epoch);
    let old = s.w.region.identity().clone();
    s.down(&mut desk);
    let region = elsewhere.open(s.env.clone()).unwrap();
    let new = region.identity();
    assert_eq!((&new.key, new.device), (&old.key, old.device));
    assert!(new.incarnation > old.incarnation);
    assert_eq!(
        s.site.tls().ca_fingerprint().unwrap(),
        elsewhere.tls().ca_fingerprint().unwrap(),
        "desks go on trusting it"
    );
    // The desk finds the common point and sends the rest again.
    desk.handle.region = region.clone();
    let hello = desk.hello(60).await.unwrap();
    assert_eq!((hello.acked.seq, hello.epoch.as_str()), (3, epoch.as_str()));
    desk.epoch = epoch;
    let answer = desk.handle.push(desk.segment_of(4, all.split_off(3))).await.unwrap();
    assert_eq!(answer.acked, desk.head);
    assert_eq!(region.store().head().unwrap().0, 6);
    only_for_the_owner(&[to, state]);
}

#[cfg(unix)]
fn only_for_the_owner(dirs: &[PathBuf]) {
    use std::os::unix::fs::PermissionsExt as _;
    let mut todo: Vec<PathBuf> = dirs.to_vec();
    let mut files = 0;
    while let Some(path) = todo.pop() {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o077;
        assert_eq!(mode, 0, "{}", path.display());
        if path.is_dir() {
            todo.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        } else {
            files += 1;
        }
    }
    assert!(files > 10, "{files} files looked at");
}

#[cfg(not(unix))]
fn only_for_the_owner(_: &[PathBuf]) {}

/// S15: the database is lost, the state beside it survived with its mark, and the backup is as far as the mark
/// says: what came after it is known to nobody here. It is not served before it is accepted.
#[tokio::test]
async fn a_state_that_survived_is_kept_and_its_mark_opens_nothing() {
    let mut s = Story::new();
    let (mut desk, mut all) = (s.desk().await, Vec::new());
    work(&mut desk, &mut all, 1).await;
    let to = s.path("copy");
    backup::backup(&s.site, s.env.clone(), &to).unwrap();
    s.site.remember(&s.w.region).unwrap();
    work(&mut desk, &mut all, 2).await;
    s.down(&mut desk);
    let again = if on_postgres() {
        Site::on_postgres(Place::new().address(), s.path("here"), None)
    } else {
        for tail in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(s.path(&format!("here.db{tail}")));
        }
        s.site.clone()
    };
    backup::restore(&again, &to).unwrap();
    let closed = again.open(s.env.clone()).err();
    assert!(matches!(closed, Some(OpenError::OtherEpoch { .. })), "{closed:?}");
    again.accept_restore(s.env.clone()).unwrap();
    assert_eq!(again.open(s.env.clone()).unwrap().store().head().unwrap(), Pos(3));
}

/// A backup in which anything was changed is told, and nothing of it is restored.
#[tokio::test]
async fn a_spoilt_backup_is_refused_before_anything_is_written() {
    let s = Story::new();
    let (mut desk, mut all) = (s.desk().await, Vec::new());
    work(&mut desk, &mut all, 1).await;
    let to = s.path("copy");
    backup::backup(&s.site, s.env.clone(), &to).unwrap();
    let taken = backup::backup(&s.site, s.env.clone(), &to);
    assert!(matches!(taken, Err(BackupError::Occupied(_))), "{taken:?}");
    for file in ["rows.jsonl.zst", "state/region.key", "state/tls/ca.key", "manifest.json"] {
        let path = to.join(file);
        let good = std::fs::read(&path).unwrap();
        for at in [good.len() / 3, good.len() - 2] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&path, &bad).unwrap();
            assert!(backup::verify(&to).is_err(), "{file} at {at}");
        }
        std::fs::write(&path, &good[..good.len() / 2]).unwrap();
        let (elsewhere, state) = place(s.w.dir.path(), "there");
        assert!(backup::restore(&elsewhere, &to).is_err(), "{file} cut");
        assert!(!state.join("region.key").exists());
        assert!(matches!(elsewhere.accept_restore(s.env.clone()), Err(OpenError::NotFounded)));
        std::fs::write(&path, &good).unwrap();
    }
    backup::verify(&to).unwrap();
    let nothing = backup::verify(&s.path("nowhere"));
    assert!(matches!(nothing, Err(BackupError::NoBackup(_))), "{nothing:?}");
    // One that was never finished is none.
    std::fs::remove_file(to.join("manifest.json")).unwrap();
    assert!(matches!(backup::verify(&to), Err(BackupError::NoBackup(_))));
}

/// What the digest alone would not tell: a whole backup of a region whose order or chain was broken before.
#[tokio::test]
async fn a_region_with_a_hole_or_another_event_is_not_called_backed_up() {
    if on_postgres() {
        // The same rows pass the same check; a file is easier to spoil.
        return;
    }
    for spoil in [
        "DROP TRIGGER event_is_not_deleted; DELETE FROM event WHERE pos=2",
        "DROP TRIGGER event_is_not_changed;
         UPDATE event SET bytes=replace(bytes,'келді','кетті') WHERE pos=3",
        "DELETE FROM device_log WHERE seq=2",
        "UPDATE device_head SET seq=9",
        "UPDATE region_head SET pos=9",
        "INSERT INTO feed VALUES ('akmola','station:07',99)",
    ] {
        let s = Story::new();
        let (mut desk, mut all) = (s.desk().await, Vec::new());
        work(&mut desk, &mut all, 1).await;
        let db = rusqlite::Connection::open(s.path("here.db")).unwrap();
        db.execute_batch(spoil).unwrap();
        let said = backup::backup(&s.site, s.env.clone(), &s.path("copy"));
        assert!(
            matches!(said, Err(BackupError::Store(StoreError::Corrupt(_)))),
            "{spoil}: {said:?}"
        );
        assert_eq!(s.w.region.store().backup().unwrap(), None, "the watermark stays: {spoil}");
    }
}

/// S17 (part), S8 (part): a region in which a copied desk joined again is backed up, restored and backed up again. A branch
/// that begins behind nothing is no whole region.
#[tokio::test]
async fn a_region_with_branches_is_backed_up() {
    let mut s = Story::new();
    let (mut desk, mut all) = (s.desk().await, Vec::new());
    work(&mut desk, &mut all, 1).await;
    let case = all[0].envelope().unwrap().case_id;
    let shared = desk.head;
    for text in ["a", "b", "c"] {
        desk.say(case, &note(text), "open");
    }
    let branch: Vec<SignedEvent> = desk.unsent.drain(..).collect();
    let as_another_life =
        Segment { incarnation: 7, branch_of: Some(1), ..desk.segment_of(shared.seq + 1, branch) };
    let first = desk.handle.push(as_another_life).await.unwrap();
    assert_eq!(crate::common::codes(&first), ["accepted"; 3]);
    let to = s.path("copy");
    let made = backup::backup(&s.site, s.env.clone(), &to).unwrap();
    let (elsewhere, _) = place(s.w.dir.path(), "there");
    backup::restore(&elsewhere, &to).unwrap();
    elsewhere.accept_restore(s.env.clone()).unwrap();
    drop(elsewhere.open(s.env.clone()).unwrap());
    let again = backup::backup(&elsewhere, s.env.clone(), &s.path("again")).unwrap();
    assert!(again.pos >= made.pos);
    if !on_postgres() {
        s.down(&mut desk);
        let db = rusqlite::Connection::open(s.path("here.db")).unwrap();
        let first =
            format!("DELETE FROM device_log WHERE incarnation=7 AND seq={}", shared.seq + 1);
        assert_eq!(db.execute(&first, []).unwrap(), 1);
        let said = backup::backup(&s.site, s.env.clone(), &s.path("gone"));
        assert!(matches!(said, Err(BackupError::Store(StoreError::Corrupt(_)))), "{said:?}");
    }
}

/// S17 (part), S8 (part): a region with a desk's word on lost events is backed up, restored and backed up again; without that
/// word, or with one that is not about what is missing, it is no whole region.
#[tokio::test]
async fn a_region_with_a_hole_that_its_desk_told_of_is_backed_up() {
    let mut s = Story::new();
    let (mut desk, mut all) = (s.desk().await, Vec::new());
    work(&mut desk, &mut all, 1).await;
    let case = all[0].envelope().unwrap().case_id;
    let lost = desk.head.seq + 1;
    for text in ["lost", "a", "b"] {
        desk.say(case, &note(text), "open");
    }
    let events: Vec<SignedEvent> = desk.unsent.drain(..).collect();
    let hole = Hole {
        device_id: desk.device,
        life: 1,
        from: lost,
        to: lost,
        last: events[0].hash(),
        at: "2026-11-27T05:00:00Z".parse().unwrap(),
    };
    let behind = Segment {
        incarnation: 8,
        branch_of: Some(1),
        behind: Some(SignedHole::sign(&hole, &desk.key).unwrap()),
        ..desk.segment_of(lost + 1, events[1..].to_vec())
    };
    let said = desk.handle.push(behind).await.unwrap();
    assert_eq!(crate::common::codes(&said), ["accepted"; 2]);
    let to = s.path("copy");
    backup::backup(&s.site, s.env.clone(), &to).unwrap();
    let (elsewhere, _) = place(s.w.dir.path(), "there");
    backup::restore(&elsewhere, &to).unwrap();
    elsewhere.accept_restore(s.env.clone()).unwrap();
    let region = elsewhere.open(s.env.clone()).unwrap();
    assert_eq!(region.store().counts().unwrap().quarantined, 1, "what is lost stays no secret");
    drop(region);
    backup::backup(&elsewhere, s.env.clone(), &s.path("again")).unwrap();
    if !on_postgres() {
        s.down(&mut desk);
        let db = rusqlite::Connection::open(s.path("here.db")).unwrap();
        let spoil = [
            (
                "UPDATE device_log SET bytes=replace(bytes, '\"to\":', '\"to\":1') WHERE code='lost'",
                "another",
            ),
            ("DELETE FROM device_log WHERE code='lost'", "none"),
        ];
        for (sql, name) in spoil {
            assert_eq!(db.execute(sql, []).unwrap(), 1);
            let said = backup::backup(&s.site, s.env.clone(), &s.path(name));
            let corrupt = matches!(said, Err(BackupError::Store(StoreError::Corrupt(_))));
            assert!(corrupt, "{sql}: {said:?}");
        }
    }
}

/// A place in use is neither restored nor accepted under the feet of who uses it.
#[tokio::test]
async fn nothing_is_accepted_or_moved_under_a_running_server() {
    let s = Story::new();
    assert!(matches!(s.site.accept_restore(s.env.clone()), Err(OpenError::InUse)));
    let (elsewhere, _) = place(s.w.dir.path(), "there");
    let said = backup::migrate(&s.site, &elsewhere);
    assert!(matches!(said, Err(BackupError::Open(OpenError::InUse))), "{said:?}");
    drop(s.site.open(s.env.clone()).unwrap());
}

/// A region moves from a file to the engine of this run: same epoch, desks and clerks go on, nothing is
/// missing, and the old place is closed for good.
#[tokio::test]
async fn a_moved_region_goes_on_under_its_epoch_and_the_old_place_is_closed() {
    let w = World::new();
    let site = Site::new(&w.dir.path().join("file.db"), None);
    let mut s = Story::at(w, site);
    let (mut desk, mut all) = (s.desk().await, Vec::new());
    work(&mut desk, &mut all, 1).await;
    let clerk = NewClerk {
        agency: "E-HEA".to_owned(),
        login: "heat".to_owned(),
        name: "Серік".to_owned(),
        password: PASSWORD.to_owned(),
    };
    s.w.region.add_clerk(clerk).unwrap();
    s.w.region.store().note_backup(&Backup { pos: Pos(2), made_at: s.env.now() }).unwrap();
    let (epoch, incarnation) = (desk.epoch.clone(), s.w.region.identity().incarnation);
    s.down(&mut desk);

    let (there, _) = place(s.w.dir.path(), "there");
    let found = backup::migrate(&s.site, &there).unwrap();
    assert_eq!((found.pos.0, &found.epoch), (3, &epoch));
    assert!(matches!(s.site.open(s.env.clone()), Err(OpenError::Moved(_))));
    assert!(matches!(s.site.accept_restore(s.env.clone()), Err(OpenError::Moved(_))));
    // Said again, it finishes what is finished.
    backup::migrate(&s.site, &there).unwrap();
    let other = place(s.w.dir.path(), "third").0;
    let said = backup::migrate(&s.site, &other);
    assert!(matches!(said, Err(BackupError::Open(OpenError::Moved(_)))), "{said:?}");

    let region = there.open(s.env.clone()).unwrap();
    assert_eq!(region.identity().incarnation, incarnation);
    desk.handle.region = region.clone();
    let hello = desk.hello(60).await.unwrap();
    assert_eq!((hello.epoch, hello.acked), (epoch, desk.head));
    assert_eq!(hello.durable_pos, Some(Pos(2)));
    assert!(hello.leases.is_empty(), "the numbers given before are known");
    work(&mut desk, &mut all, 2).await;
    assert_eq!(region.store().head().unwrap(), Pos(6));
    s.w.region = region;
    let mut browser = Browser::new(&s.w, "kk");
    browser.sign_in("heat").await;
}

/// Nothing is moved over a region, and nothing happened to either when that was tried.
#[tokio::test]
async fn a_region_is_not_moved_over_another() {
    let mut s = Story::new();
    let mut desk = s.desk().await;
    let (there, _) = place(s.w.dir.path(), "there");
    there.create(&s.env, "kostanay", name(), &[]).unwrap();
    s.down(&mut desk);
    let said = backup::migrate(&s.site, &there);
    assert!(matches!(said, Err(BackupError::NotEmpty)), "{said:?}");
    assert_eq!(there.open(s.env.clone()).unwrap().identity().id, "kostanay");
    s.site.open(s.env.clone()).unwrap();
}

/// S2 (part), S34 (part): a body's answer that came after the backup is the region's own word; a desk that had heard it
/// gives it back, and the body's page shows it again.
#[tokio::test]
async fn what_a_body_answered_after_the_backup_comes_back_from_a_desk() {
    let mut s = Story::new();
    let clerk = NewClerk {
        agency: "E-HEA".to_owned(),
        login: "heat.serik".to_owned(),
        name: "Серік Жылубаев".to_owned(),
        password: PASSWORD.to_owned(),
    };
    s.w.region.add_clerk(clerk).unwrap();
    let (mut desk, mut heard) = (s.desk().await, s.desk().await);
    let to = s.path("copy");
    backup::backup(&s.site, s.env.clone(), &to).unwrap();
    let (_, id) = referral(&mut desk, "E-HEA", "Үйде жылу жоқ", "open");
    desk.push().await.unwrap();
    let mut browser = Browser::new(&s.w, "kk");
    browser.sign_in("heat.serik").await;
    browser.get("/portal").await;
    browser.act(id, &[("act", "register"), ("incoming_number", "Ж-431")], None).await;
    browser.act(id, &[("act", "accept")], None).await;
    browser.act(id, &[("act", "answer"), ("text", "Ақау жойылды, жылу берілді")], None).await;
    let order = heard.read(&heard.station_scope()).await.unwrap();
    let of_body = ["delivery_delivered", "agency_registered", "agency_accepted", "agency_answered"];
    assert_eq!(kinds(&order)[4..], of_body);
    let events: Vec<SignedEvent> = order.into_iter().map(|e| e.event).collect();

    let (elsewhere, _) = place(s.w.dir.path(), "there");
    backup::restore(&elsewhere, &to).unwrap();
    let epoch = elsewhere.accept_restore(s.env.clone()).unwrap();
    s.down(&mut desk);
    s.w.region = elsewhere.open(s.env.clone()).unwrap();
    heard.handle.region = s.w.region.clone();
    let back = GiveBack { epoch: epoch.clone(), events, officers: Vec::new() };
    let done = heard.handle.give_back(back.clone()).await.unwrap();
    assert_eq!((done.taken, done.refused), (8, 0));
    assert_eq!(heard.handle.give_back(back).await.unwrap().there, 8, "twice is once");
    let mut browser = Browser::new(&s.w, "kk");
    browser.sign_in("heat.serik").await;
    let page = browser.get(&format!("/portal/requests/{id}")).await;
    for words in ["Ж-431", "Ақау жойылды, жылу берілді"] {
        assert!(page.html.contains(words), "{words}");
    }
    // Another region's word is none of this one's.
    heard.epoch.clone_from(&epoch);
    let order = heard.read(&heard.station_scope()).await.unwrap();
    let mut foreign = order.last().unwrap().event.envelope().unwrap();
    foreign.id = EventId(fresh());
    let forged = SignedEvent::sign(&foreign, &heard.key).unwrap();
    let done = heard
        .handle
        .give_back(GiveBack { epoch, events: vec![forged], officers: Vec::new() })
        .await
        .unwrap();
    assert_eq!((done.taken, done.refused), (0, 1));
}
