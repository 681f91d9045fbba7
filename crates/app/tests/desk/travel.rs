//! Files on their way: from the desk that took them in to the region, to another desk, and to the body a
//! request names them to.

use super::clerk::Clerk;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chrono::{DateTime, Utc};
use esik_app::sync::{StoreLocal, client};
use esik_sync::{Clock, Lane, LaneStep, Local};
use esik_testkit::{Form, TestDesk, World};
use esik_wire::{ApiErrorCode, SyncApi as _, SyncFailure};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

struct Still(DateTime<Utc>);

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
    fn random(&self) -> f64 {
        0.5
    }
}

/// A photograph that tells where it was taken, of so many bytes.
fn photo(bytes: usize) -> Vec<u8> {
    let mut out = b"\xff\xd8\xff\xe1\x00\x1cExif\0\0GPS 53.28 69.39 here\xff\xda\x00\x02".to_vec();
    out.extend((0..bytes - out.len() - 2).map(|n| (n % 251) as u8 & 0x7f));
    out.extend(b"\xff\xd9");
    out
}

pub fn add(desk: &TestDesk, to: &Value, name: &str, bytes: &[u8]) -> Value {
    let upload = desk.desk.env().uuid();
    let mut from = 0;
    for part in bytes.chunks(3 << 20) {
        let part = json!({ "upload": upload, "from": from, "base64": B64.encode(part) });
        from =
            usize::try_from(desk.ok("attachment_part", part)["bytes"].as_u64().unwrap()).unwrap();
    }
    desk.ok("attachment_add", json!({ "upload": upload, "to": to, "name": name }))["id"].clone()
}

pub fn line(desk: &TestDesk, to: &Value) -> Value {
    desk.ok("attachment_list", to.clone())["files"][0].clone()
}

fn address(desk: &TestDesk) -> String {
    let all = std::fs::read_dir(desk.dir.join("files")).unwrap();
    let mut names: Vec<String> =
        all.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|n| n.len() == 64);
    assert_eq!(names.len(), 1, "{names:?}");
    names.remove(0)
}

/// One step of a lane that knows nothing of the one before, as after a cut.
pub fn step(world: &World, desk: &TestDesk) -> LaneStep {
    let open = desk.desk.opened().unwrap();
    let api = client(&open).unwrap();
    let now = world.clock.now();
    let local: Arc<dyn Local> =
        Arc::new(StoreLocal::new(open, Arc::new(move || now), Arc::new(|_| {}), Arc::new(|| {})));
    world.runtime().block_on(Lane::default().step(&api, &local, &Still(now))).unwrap()
}

/// A round without its lane of files.
pub fn events_go(world: &World, desk: &TestDesk) {
    let open = desk.desk.opened().unwrap();
    let api = client(&open).unwrap();
    let now = world.clock.now();
    let engine: Arc<dyn Local> =
        Arc::new(StoreLocal::new(open, Arc::new(move || now), Arc::new(|_| {}), Arc::new(|| {})));
    world.runtime().block_on(esik_sync::sync_once(&api, &engine, &Still(now), &|_| {})).unwrap();
}

fn status(world: &World, desk: &TestDesk, address: &str) -> Result<usize, SyncFailure> {
    let api = client(&desk.desk.opened().unwrap()).unwrap();
    world.runtime().block_on(api.blob(address.to_owned())).map(|s| s.parts.len())
}

fn not_found<T>(answer: Result<T, SyncFailure>) -> bool {
    matches!(answer, Err(SyncFailure::Refused(e)) if e.code == ApiErrorCode::NotFound)
}

fn below(dir: &Path, ending: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().map(Result::unwrap) {
        if entry.path().is_dir() {
            out.extend(below(&entry.path(), ending));
        } else if ending(entry.file_name().to_str().unwrap()) {
            out.push(entry.path());
        }
    }
    out
}

fn at_region(world: &World) -> PathBuf {
    world.folder().join("region.db.state/blobs")
}

/// A desk of the same station, signed in.
pub fn second(world: &World) -> TestDesk {
    world.desk("Бекова")
}

/// S25: the line is cut and the server starts anew after every chunk, the desks too; nothing is sent twice,
/// nothing is complete before it is whole, and the other desk opens what the first one took in.
#[test]
fn a_file_travels_over_cuts_and_restarts_on_either_side() {
    let mut world = World::new();
    let desk = world.desk("Әлиева");
    let other = second(&world);
    let case = desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    let to = json!({ "to": "case", "id": case });
    let bytes = photo(2 * 1024 * 1024 + 5000);
    let id = add(&desk, &to, "яма.jpg", &bytes);
    assert_eq!(line(&desk, &to)["travel"], json!({ "at": "waits", "why": null }));
    let local = address(&desk);
    assert_eq!(desk.ok("sync_status", json!({}))["files_waiting"], 1, "with its event");
    assert_eq!(step(&world, &desk), LaneStep::Overtaken, "the event has not gone");

    // The event goes first: the other desk knows of the file before its bytes are anywhere.
    world.region_down();
    desk.sync();
    world.region_up();
    events_go(&world, &desk);
    other.sync();
    assert_eq!(line(&other, &to)["travel"], json!({ "at": "there" }));
    other.ok("attachment_fetch", json!({ "to": to, "id": id }));
    other.sync();
    assert_eq!(line(&other, &to)["travel"], json!({ "at": "expected" }), "waits for the file");
    let cut = other.call("attachment_open", json!({ "to": to, "id": id }));
    assert_eq!(cut.unwrap_err().code, "file_missing");

    let mut desk = desk;
    for done in 1..=3 {
        assert_eq!(step(&world, &desk), LaneStep::Moved);
        assert_eq!(line(&desk, &to)["travel"], json!({ "at": "goes", "done": done, "of": 3 }));
        assert_eq!(status(&world, &desk, &local), Ok(done));
        let half = client(&other.desk.opened().unwrap()).unwrap();
        let early = world.runtime().block_on(half.blob_chunk(local.clone(), 0));
        assert!(not_found(early), "nothing is given out of a file that is not whole");
        world.region_down();
        assert!(matches!(step(&world, &desk), LaneStep::Stopped(_)));
        world.region_up();
        desk = desk.restart();
        desk.sign_in("Әлиева");
        // That he looked at the files was signed when the program ended.
        events_go(&world, &desk);
    }
    assert_eq!(desk.ok("sync_status", json!({}))["files_waiting"], 1);
    assert_eq!(step(&world, &desk), LaneStep::Moved);
    assert_eq!(line(&desk, &to)["travel"], json!({ "at": "arrived" }));
    assert_eq!(step(&world, &desk), LaneStep::Idle);
    assert_eq!(desk.ok("sync_status", json!({}))["files_waiting"], 0);

    // The other desk fetches it, cut and restarted as well.
    world.clock.advance(chrono::TimeDelta::minutes(11));
    let mut other = other;
    for done in 1..=2 {
        assert_eq!(step(&world, &other), LaneStep::Moved);
        assert_eq!(line(&other, &to)["travel"], json!({ "at": "comes", "done": done, "of": 3 }));
        world.region_down();
        world.region_up();
        other = other.restart();
        other.sign_in("Бекова");
        events_go(&world, &other);
    }
    assert_eq!(step(&world, &other), LaneStep::Moved);
    assert_eq!(line(&other, &to)["travel"], json!({ "at": "arrived" }));
    other.ok("attachment_open", json!({ "to": to, "id": id }));
    let opened = other.host.documents.lock().unwrap().remove(0);
    assert!(opened == ("яма.jpg".to_owned(), bytes), "what was taken in is what is opened");
}

/// S25: a bit that flips where the file lies is never served, neither to a desk nor on the desk's own disk.
#[test]
fn a_flipped_bit_is_served_to_nobody() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let other = second(&world);
    let case = desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    let to = json!({ "to": "case", "id": case });
    let id = add(&desk, &to, "яма.jpg", &photo(1024 * 1024 + 5000));
    desk.sync();
    other.sync();
    assert_eq!(line(&desk, &to)["travel"], json!({ "at": "arrived" }));
    let chunk = below(&at_region(&world), &|name| name.starts_with("00001-")).remove(0);
    let mut bytes = std::fs::read(&chunk).unwrap();
    bytes[77] ^= 1;
    std::fs::write(&chunk, bytes).unwrap();
    other.ok("attachment_fetch", json!({ "to": to, "id": id }));
    other.sync();
    assert_ne!(line(&other, &to)["travel"]["at"], "arrived");
    assert_eq!(line(&other, &to)["here"], false);
    assert!(!chunk.exists() && below(&at_region(&world), &|name| name == "whole").is_empty());
    // Somebody waits for it: the desk that has it hears of that, and sends it once more.
    desk.sync();
    world.clock.advance(chrono::TimeDelta::minutes(11));
    other.sync();
    other.ok("attachment_open", json!({ "to": to, "id": id }));
}

/// S25 (part): a body waits for a file that the region lost: the desk that has it sends it once more.
#[test]
fn a_file_that_a_body_asks_for_and_the_region_lost_comes_again() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    let chosen = add(&desk, &json!({ "to": "draft", "id": draft }), "яма.jpg", &photo(5000));
    let mut form = Form::says("Во дворе яма", "ru").category("BLG-04").refer("E-ZKH").0;
    form["referrals"][0]["files"] = json!([chosen]);
    let finish = json!({ "draft": draft, "form": form, "print": false });
    let case = desk.ok("intake_finish", finish)["case"].as_str().unwrap().to_owned();
    let referral = desk.case(&case)["referrals"][0]["id"].as_str().unwrap().to_owned();
    desk.sync();
    let clerk = Clerk::sign_in(&world, "zkh", "E-ZKH");
    let request = format!("/portal/requests/{referral}");
    let link = || {
        let page = clerk.page(&request);
        page.split('"').find(|part| part.contains("/files/")).map(str::to_owned)
    };
    let file = link().expect("it is there");

    // A bit flipped: taking it tells.
    let chunk = below(&at_region(&world), &|name| name.starts_with("00000-")).remove(0);
    let mut bytes = std::fs::read(&chunk).unwrap();
    bytes[77] ^= 1;
    std::fs::write(&chunk, bytes).unwrap();
    assert_eq!(clerk.get(&file).0, 404);
    desk.sync();
    assert_eq!(clerk.get(&file).0, 200, "the desk heard of it");

    // All of it is gone: the page that says so tells.
    for lost in below(&at_region(&world), &|_| true) {
        std::fs::remove_file(lost).unwrap();
    }
    assert_eq!(link(), None);
    desk.sync();
    assert_eq!(link(), Some(file.clone()));
    assert_eq!(clerk.get(&file).0, 200);
}

/// S25 (part), B07 (part): a file that is not what it was on the desk's own disk is not shown, and comes again from the region
/// that has it whole; what was left of it goes then. One that is damaged before it was sent is never passed off as whole.
#[test]
fn a_file_that_is_damaged_here_comes_again() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    let to = json!({ "to": "case", "id": case });
    let id = add(&desk, &to, "яма.jpg", &photo(5000));
    desk.sync();
    let flip = |desk: &TestDesk| {
        let file = desk.dir.join("files").join(address(desk));
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[77] ^= 1;
        std::fs::write(&file, bytes).unwrap();
    };
    flip(&desk);
    let refused = desk.call("attachment_open", json!({ "to": to, "id": id })).unwrap_err();
    assert_eq!(refused.code, "file_damaged");
    desk.sync();
    desk.ok("attachment_open", json!({ "to": to, "id": id }));
    assert!(below(&desk.dir.join("files"), &|name| name.ends_with(".damaged")).is_empty());

    // Damaged before it ever went: the region does not take it, and the desk does not send it for ever.
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    let to = json!({ "to": "case", "id": case });
    add(&desk, &to, "яма.jpg", &photo(5000));
    flip(&desk);
    desk.sync();
    assert!(below(&at_region(&world), &|name| name == "whole").is_empty());
    assert_eq!(below(&desk.dir.join("files"), &|name| name.ends_with(".damaged")).len(), 1);
    assert_eq!(line(&desk, &to)["here"], false);
    assert_eq!(line(&desk, &to)["travel"], json!({ "at": "expected" }));
}

/// Who may not know of a file is told what he would be told of none: another station, another circle.
#[test]
fn a_foreign_desk_is_told_that_there_is_none() {
    let world = World::new();
    world
        .region
        .add_station("08", esik_wire::LocalName { kk: "Сегізінші".into(), ru: "Восьмое".into() })
        .unwrap();
    let desk = world.desk("Әлиева");
    let foreign = world.unjoined_desk("Сериков");
    foreign.ok("profile_enroll", json!({ "server": world.url(), "code": world.code("08") }));
    foreign.sync();
    let case = desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    add(&desk, &json!({ "to": "case", "id": case }), "яма.jpg", &photo(5000));
    desk.sync();
    let address = address(&desk);
    assert_eq!(status(&world, &desk, &address), Ok(1));
    assert!(not_found(status(&world, &foreign, &address)));
    assert!(not_found(status(&world, &desk, &"ab".repeat(32))), "of none");
    let api = client(&foreign.desk.opened().unwrap()).unwrap();
    let on = world.runtime();
    assert!(not_found(on.block_on(api.blob_chunk(address.clone(), 0))));
    assert!(not_found(on.block_on(api.put_blob_chunk(address.clone(), 0, vec![1; 5000]))));
    assert!(not_found(on.block_on(api.commit_blob(address.clone()))));

    // A file of a circle: a desk of the station without anybody of the circle does not know it either.
    let other = second(&world);
    let restricted = desk.takes_in(Form::says("Муж бьёт", "ru").category("FAM-01"));
    add(&desk, &json!({ "to": "case", "id": restricted }), "синяк.jpg", &photo(6000));
    desk.sync();
    other.sync();
    let all = below(&at_region(&world), &|name| name == "whole");
    assert_eq!(all.len(), 2);
    let parent =
        |p: &PathBuf| p.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    let hidden = all.iter().map(parent).find(|a| *a != address).unwrap();
    assert!(not_found(status(&world, &other, &hidden)));
    assert_eq!(status(&world, &other, &address), Ok(1));
}

/// S26: what a case has stays for ever, what was taken back a month, and is served to nobody meanwhile.
#[test]
fn only_what_nothing_names_for_a_month_is_swept() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    let to = json!({ "to": "case", "id": case });
    let id = add(&desk, &to, "яма.jpg", &photo(5000));
    desk.sync();
    let address = address(&desk);
    let sweep = || world.runtime().block_on(world.region.sweep_blobs()).unwrap();
    // As old as the region's clock says: this machine's may be years ahead of it.
    for file in below(&at_region(&world), &|_| true) {
        let file = std::fs::File::open(file).unwrap();
        file.set_modified(world.clock.now().into()).unwrap();
    }
    world.clock.advance(chrono::TimeDelta::days(60));
    assert_eq!(sweep(), 0, "a case has it");
    desk.ok("attachment_withdraw", json!({ "to": to, "id": id, "reason": "не то" }));
    desk.sync();
    assert!(not_found(status(&world, &desk, &address)), "taken back is served to nobody");
    world.clock.advance(chrono::TimeDelta::days(29));
    assert_eq!(sweep(), 0, "a month has not passed");
    world.clock.advance(chrono::TimeDelta::days(2));
    assert_eq!(sweep(), 1);
    assert!(below(&at_region(&world), &|_| true).is_empty());
}

/// The body gets the files chosen for its request, whole, without where they were taken, and no other; another
/// body gets none; and what the station takes back is not given any more.
#[test]
fn a_body_gets_the_files_of_its_request_and_nobody_else_does() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    let to = json!({ "to": "draft", "id": draft });
    let bytes = photo(1024 * 1024 + 700);
    let chosen = add(&desk, &to, "яма.jpg", &bytes);
    let kept = add(&desk, &to, "другое.jpg", &photo(900));
    // Enciphered: nobody can tell what it tells.
    let secret = include_bytes!("../../../domain/tests/data/strip/secret.pdf");
    let secret = add(&desk, &to, "акт.pdf", secret);
    let mut form = Form::says("Во дворе яма", "ru").category("BLG-04").refer("E-ZKH").0;
    form["referrals"][0]["files"] = json!([chosen, secret]);
    // Said before it leaves, by the rule the region gives by: below it is so.
    let ask = |to: &Value, ids: Value| {
        desk.call("attachments_not_given", json!({ "to": to, "ids": ids })).map_err(|e| e.code)
    };
    let told = json!({ "files": [{ "id": secret, "why": "told" }] });
    for _ in 0..2 {
        assert_eq!(ask(&to, json!([chosen, secret])).unwrap(), told);
    }
    assert_eq!(ask(&to, json!([])).unwrap()["files"], json!([]));
    assert_eq!(ask(&to, json!([desk.desk.env().uuid()])).unwrap_err(), "not_found");
    let finish = json!({ "draft": draft, "form": form, "print": false });
    let case = desk.ok("intake_finish", finish)["case"].as_str().unwrap().to_owned();
    let referral = desk.case(&case)["referrals"][0]["id"].as_str().unwrap().to_owned();
    // The events are there, the bytes are not.
    while step(&world, &desk) == LaneStep::Overtaken {
        let open = desk.desk.opened().unwrap();
        let (api, now) = (client(&open).unwrap(), world.clock.now());
        let local: Arc<dyn Local> = Arc::new(StoreLocal::new(
            open,
            Arc::new(move || now),
            Arc::new(|_| {}),
            Arc::new(|| {}),
        ));
        world.runtime().block_on(esik_sync::sync_once(&api, &local, &Still(now), &|_| {})).unwrap();
    }
    let clerk = Clerk::sign_in(&world, "zkh", "E-ZKH");
    let request = format!("/portal/requests/{referral}");
    let page = clerk.page(&request);
    assert!(page.contains("яма.jpg") && page.contains("Файл ещё не пришёл"), "{page}");
    assert!(!page.contains("другое.jpg") && !page.contains("/files/"));
    let at_case = json!({ "to": "case", "id": case });
    let listed = desk.ok("attachment_list", at_case.clone())["files"].clone();
    let of = |name: &str| {
        let all = listed.as_array().unwrap();
        all.iter().find(|f| f["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let (sent, other) = (of("яма.jpg"), of("другое.jpg"));
    let file = |id: &str| format!("{request}/files/{id}");
    assert_eq!(clerk.get(&file(&sent)).0, 404);

    desk.sync();
    let page = clerk.page(&request);
    assert!(page.contains(&file(&sent)), "{page}");
    let (status, headers, got) = clerk.get(&file(&sent));
    assert_eq!(status, 200);
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert!(text("content-disposition").starts_with("attachment; filename="));
    assert!(text("content-disposition").contains("filename*=UTF-8''%D1%8F%D0%BC%D0%B0.jpg"));
    assert_eq!(text("x-content-type-options"), "nosniff");
    assert_eq!(text("content-type"), "application/octet-stream");
    assert!(text("content-security-policy").contains("sandbox"));
    assert!(!got.windows(3).any(|w| w == b"GPS"), "where it was taken stays here");
    assert!(got.ends_with(&bytes[60..]) && got.len() > bytes.len() - 60, "the picture is whole");
    let (status, _, why) = clerk.get(&file(&of("акт.pdf")));
    assert_eq!(status, 422);
    let not_given = ask(&at_case, json!([sent, of("акт.pdf")])).unwrap();
    assert_eq!(not_given["files"], json!([{ "id": of("акт.pdf"), "why": "told" }]));
    assert!(String::from_utf8(why).unwrap().contains("копию на бумаге"), "what to do");
    assert_eq!(clerk.get(&file(&other)).0, 404, "it was not chosen");
    assert_eq!(clerk.get(&file(kept.as_str().unwrap())).0, 404);

    let stranger = Clerk::sign_in(&world, "soc", "E-SOC");
    assert_eq!(stranger.get(&request).0, 404);
    assert_eq!(stranger.get(&file(&sent)).0, 404, "another body");
    let nobody = Clerk { cookie: String::new(), ..Clerk::sign_in(&world, "zkh2", "E-ZKH") };
    assert_ne!(nobody.get(&file(&sent)).0, 200, "nobody is signed in");

    desk.ok("attachment_withdraw", json!({ "to": at_case, "id": sent, "reason": "не то" }));
    desk.sync();
    assert_eq!(clerk.get(&file(&sent)).0, 404, "taken back");
    assert!(clerk.page(&request).contains("Подразделение отозвало этот файл"));
}
