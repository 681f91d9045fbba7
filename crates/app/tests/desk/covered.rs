//! Parts of a picture are covered before it is shown to others: the original stays, the copy goes.

use crate::previews::picture;
use crate::travel::{add, events_go, second};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use esik_testkit::{Form, TestDesk, World};
use image::{DynamicImage, GenericImageView as _, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use std::io::Cursor;

/// A telephone's photograph, held upright, 300 × 400 as it is seen; it tells where it was taken. Nothing in it is black.
fn photo() -> Vec<u8> {
    let scene = RgbImage::from_fn(400, 300, |x, y| {
        Rgb([60 + (x / 4) as u8, 60 + (y / 4) as u8, if x < 200 { 200 } else { 90 }])
    });
    let mut jpeg = Vec::new();
    DynamicImage::from(scene).write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg).unwrap();
    // EXIF: turned by a quarter to the right.
    let mut exif =
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    exif.extend(b"GPS 53.28 69.39 here");
    let mut out = jpeg[..2].to_vec();
    out.extend([0xff, 0xe1, 0, exif.len() as u8 + 2]);
    out.extend(exif);
    out.extend(&jpeg[2..]);
    out
}

fn to(kind: &str, id: &Value) -> Value {
    json!({ "to": kind, "id": id })
}

fn cover(desk: &TestDesk, to: &Value, id: &Value, boxes: &Value) -> Result<Value, String> {
    let asked = json!({ "to": to, "id": id, "boxes": boxes, "mark": "жабық" });
    desk.call("attachment_cover", asked).map(|done| done["id"].clone()).map_err(|e| e.code)
}

/// The upper left quarter, as it is seen.
fn quarter() -> Value {
    json!([{ "x": 0, "y": 0, "w": 5000, "h": 5000 }])
}

fn files(desk: &TestDesk, to: &Value) -> Vec<Value> {
    desk.ok("attachment_list", to.clone())["files"].as_array().unwrap().clone()
}

/// The bytes of a file, as they are saved elsewhere.
fn saved(desk: &TestDesk, to: &Value, id: &Value) -> Vec<u8> {
    desk.ok("attachment_save", json!({ "to": to, "id": id }));
    desk.host.saved.lock().unwrap().pop().unwrap().1
}

fn seen(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

fn is_black(picture: &DynamicImage, x: u32, y: u32) -> bool {
    picture.get_pixel(x, y).0.iter().take(3).all(|c| *c < 8)
}

/// The bodies of events of a kind in a case's log.
fn events(desk: &TestDesk, case: &Value, kind: &str) -> Vec<Value> {
    let open = desk.desk.opened().unwrap();
    let id = serde_json::from_value(case.clone()).unwrap();
    let events =
        open.store.read(|conn| esik_store::lists::case_events(conn, &open.actor, id)).unwrap();
    let events = events.iter().map(|e| serde_json::to_value(&e.entry.event).unwrap());
    events.filter(|e| e["kind"] == kind).collect()
}

#[test]
fn the_copy_goes_with_the_request_and_the_original_stays() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    let here = to("draft", &draft);
    let original = add(&desk, &here, "яма.jpg", &photo());

    // What the officer sees is upright, and was made here.
    let sheet = desk.ok("attachment_sheet", json!({ "to": here, "id": original }));
    assert_eq!((&sheet["width"], &sheet["height"]), (&json!(300), &json!(400)));
    let sheet = B64.decode(sheet["jpeg"].as_str().unwrap()).unwrap();
    assert!(!sheet.windows(3).any(|w| w == b"GPS"));
    let shown = seen(&sheet);

    let copy = cover(&desk, &here, &original, &quarter()).unwrap();
    let list = files(&desk, &here);
    assert_eq!((list.len(), &list[1]["name"]), (2, &json!("яма (жабық).jpg")));
    assert_eq!((&list[1]["covered_of"], &list[0]["covered_of"]), (&original, &Value::Null));
    assert_eq!((&list[0]["has_covered"], &list[1]["has_covered"]), (&json!(true), &json!(false)));
    assert_eq!((&list[0]["can_cover"], &list[1]["can_cover"]), (&json!(true), &json!(true)));
    // Its small picture is the copy's own.
    let small = json!({ "to": here, "id": list[1]["preview"] });
    let small = desk.ok("attachment_preview", small)["jpeg"].as_str().unwrap().to_owned();
    let small = seen(&B64.decode(small).unwrap());
    assert!(is_black(&small, small.width() / 4, small.height() / 4));

    let not_given = desk.ok("attachments_not_given", json!({ "to": here, "ids": [copy] }));
    assert_eq!(not_given["files"], json!([]), "the body is given it");
    let mut form = Form::says("Во дворе яма", "ru").category("BLG-04").refer("E-ZKH").0;
    form["referrals"][0]["files"] = json!([copy]);
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    let case =
        desk.ok("intake_finish", json!({ "draft": draft, "form": form, "print": false }))["case"]
            .clone();
    let here = to("case", &case);
    assert_eq!(files(&desk, &here)[1]["covered_of"], original, "the case knows whose copy it is");
    let linked = events(&desk, &case, "attachment_linked");
    let of = |id: &Value| {
        let found = linked.iter().find(|e| e["body"]["attachment_id"] == *id);
        found.unwrap()["body"].clone()
    };
    assert_ne!(of(&original)["key"], of(&copy)["key"]);
    assert_ne!(of(&original)["file"]["hash"], of(&copy)["file"]["hash"]);
    assert_eq!(of(&original).get("covers"), None, "nothing is said where there is nothing to say");
    let request = events(&desk, &case, "referral_drafted").remove(0)["body"].clone();
    assert_eq!(request["files"][0]["file"]["hash"], of(&copy)["file"]["hash"]);
    let words = request.to_string();
    for secret in [&of(&original)["key"], &of(&original)["file"]["hash"], &original] {
        assert!(!words.contains(secret.as_str().unwrap()), "nothing leads to the original");
    }

    let (was, is) = (saved(&desk, &here, &original), saved(&desk, &here, &copy));
    assert_eq!(was, photo(), "the original stays, byte for byte");
    for told in [&b"GPS"[..], b"Exif"] {
        assert!(!is.windows(told.len()).any(|w| w == told), "nothing beside the picture goes");
    }
    let is = seen(&is);
    assert_eq!(is.dimensions(), (300, 400));
    for (x, y) in (0..300).flat_map(|x| (0..400).map(move |y| (x, y))) {
        // Of a JPEG whole blocks of eight are covered.
        if x < 150 && y < 200 {
            assert!(is_black(&is, x, y), "{x}, {y}");
        } else if x >= 152 || y >= 200 {
            let (before, after) = (shown.get_pixel(x, y).0, is.get_pixel(x, y).0);
            assert!(before.iter().zip(after).all(|(a, b)| a.abs_diff(b) < 24), "{x}, {y}");
        }
    }
    desk.sync();
    assert_eq!(desk.case(case.as_str().unwrap())["refused"], json!([]), "the region agrees");

    // One more part is covered on the copy; it says whose copy it is, and so the first one is not offered any more.
    let more = json!([{ "x": 9000, "y": 9000, "w": 1000, "h": 1000 }]);
    let second = cover(&desk, &here, &copy, &more).unwrap();
    let list = files(&desk, &here);
    assert_eq!((&list[2]["name"], &list[2]["covered_of"]), (&json!("яма (жабық 2).jpg"), &copy));
    assert_eq!(list[1]["has_covered"], true);
    let is = seen(&saved(&desk, &here, &second));
    assert!(is_black(&is, 20, 20) && is_black(&is, 295, 395) && !is_black(&is, 200, 300));
    // Taken back, the one before stands again.
    desk.ok("attachment_withdraw", json!({ "to": here, "id": second, "reason": "не то" }));
    assert_eq!(files(&desk, &here)[1]["has_covered"], false);
    desk.sync();
    assert_eq!(desk.case(case.as_str().unwrap())["refused"], json!([]));
}

#[test]
fn what_cannot_be_covered_is_said_and_leaves_nothing() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    let here = to("case", &json!(case));
    let good = add(&desk, &here, "яма.png", &picture(60));
    let letter = add(&desk, &here, "акт.pdf", b"%PDF-1.4 a letter");
    let broken = add(&desk, &here, "кадр.jpg", b"\xff\xd8\xff\xe0 a picture of the hole");
    // A header that promises 60,000 x 60,000 pixels.
    let mut bomb = Vec::new();
    let tiny = DynamicImage::from(RgbImage::new(9, 9));
    tiny.write_to(&mut Cursor::new(&mut bomb), ImageFormat::Gif).unwrap();
    bomb[6..10].copy_from_slice(&[0x60, 0xea, 0x60, 0xea]);
    let bomb = add(&desk, &here, "бомба.gif", &bomb);
    let on_disk = || std::fs::read_dir(desk.dir.join("files")).unwrap().count();
    let before = (files(&desk, &here).len(), on_disk());
    assert_eq!(files(&desk, &here)[1]["can_cover"], false);
    for id in [&letter, &broken, &bomb] {
        assert_eq!(cover(&desk, &here, id, &quarter()).unwrap_err(), "cover_unreadable");
        let sheet = desk.call("attachment_sheet", json!({ "to": here, "id": id }));
        assert_eq!(sheet.unwrap_err().code, "cover_unreadable");
    }
    let part = |x: u32, w: u32| json!({ "x": x, "y": 0, "w": w, "h": 100 });
    for boxes in [json!([]), json!([part(9000, 1001)]), json!([part(0, 0)])] {
        assert_eq!(cover(&desk, &here, &good, &boxes).unwrap_err(), "bad_request");
    }
    let many = json!(vec![part(0, 10); 51]);
    assert_eq!(cover(&desk, &here, &good, &many).unwrap_err(), "bad_request");
    let nobody = desk.desk.env().uuid();
    assert_eq!(cover(&desk, &here, &json!(nobody), &quarter()).unwrap_err(), "not_found");
    assert_eq!((files(&desk, &here).len(), on_disk()), before, "nothing is left of it");
    desk.ok("attachment_withdraw", json!({ "to": here, "id": good, "reason": "не та" }));
    assert_eq!(cover(&desk, &here, &good, &quarter()).unwrap_err(), "not_found");
    let sheet = desk.call("attachment_sheet", json!({ "to": here, "id": good }));
    assert_eq!(sheet.unwrap_err().code, "not_found");
}

#[test]
fn a_copy_is_known_to_whom_its_original_is_known_and_to_nobody_else() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let form = Form::says("Нужен ночлег", "ru")
        .category("SOC-01")
        .refer("E-SOC")
        .refer_with("E-CRS", json!({ "name": false, "phone": false, "address": false }));
    let case = json!(desk.takes_in(form));
    let requests = desk.case(case.as_str().unwrap())["referrals"].clone();
    assert_eq!(requests[0]["circle"], "open");
    let (everybody, few) = (requests[0]["id"].clone(), requests[1]["id"].clone());
    let about = |referral: &Value| json!({ "to": "case", "id": case, "referral": referral });
    let hidden = add(&desk, &about(&few), "синяк.jpg", &photo());
    let open = add(&desk, &to("case", &case), "подъезд.jpg", &photo());
    // However the file is come by: what counts is where its original belongs.
    let copy = cover(&desk, &about(&everybody), &hidden, &quarter()).unwrap();
    let other = cover(&desk, &about(&few), &open, &quarter()).unwrap();
    let circles = |id: &Value| {
        let linked = events(&desk, &case, "attachment_linked");
        let mine = linked
            .iter()
            .filter(|e| e["body"]["attachment_id"] == *id || e["body"]["preview_of"] == *id);
        // What is open is not written.
        mine.map(|e| e.get("circle").cloned().unwrap_or(json!("open"))).collect::<Vec<_>>()
    };
    assert_eq!(circles(&copy), vec![requests[1]["circle"].clone(); 2], "the small picture too");
    assert_eq!(circles(&other), [json!("open"), json!("open")]);
    desk.sync();
    assert_eq!(desk.case(case.as_str().unwrap())["refused"], json!([]), "the region agrees");

    desk.sign_in("Серікбаев");
    desk.case(case.as_str().unwrap());
    let names: Vec<Value> =
        files(&desk, &to("case", &case)).iter().map(|f| f["name"].clone()).collect();
    assert_eq!(names, ["подъезд.jpg", "подъезд (жабық).jpg"]);
    for id in [&hidden, &copy] {
        let sheet = desk.call("attachment_sheet", json!({ "to": to("case", &case), "id": id }));
        assert_eq!(sheet.unwrap_err().code, "not_found");
        let made = cover(&desk, &to("case", &case), id, &quarter());
        assert_eq!(made.unwrap_err(), "not_found");
    }
}

/// A picture that lies at another desk is fetched first: nothing of it can be drawn here.
#[test]
fn only_what_lies_here_is_covered_and_who_looked_is_known() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let other = second(&world);
    let case = json!(desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04")));
    let here = to("case", &case);
    let id = add(&desk, &here, "яма.jpg", &photo());
    events_go(&world, &desk);
    events_go(&world, &other);
    other.case(case.as_str().unwrap());
    let sheet = other.call("attachment_sheet", json!({ "to": here, "id": id }));
    assert_eq!(sheet.unwrap_err().code, "file_missing");
    assert_eq!(cover(&other, &here, &id, &quarter()).unwrap_err(), "file_missing");

    desk.ok("attachment_sheet", json!({ "to": here, "id": id }));
    let looks = desk.ok("looks", json!({ "case": case }))["lines"].clone();
    let looks = looks.as_array().unwrap();
    assert!(looks.iter().any(|l| l["what"] == "file_opened"), "{looks:?}");
}

#[test]
fn a_copy_made_at_the_door_goes_to_the_intake_with_its_original() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let address = json!({ "address": "Абая, 7", "day": "2026-11-20" });
    let door = to("place", &desk.ok("round_add", address)["id"]);
    let id = add(&desk, &door, "стена.png", &picture(100));
    cover(&desk, &door, &id, &quarter()).unwrap();
    let draft = desk.ok("round_intake", json!({ "id": door["id"] }))["draft"]["id"].clone();
    let list = files(&desk, &to("draft", &draft));
    assert_eq!((list.len(), &list[1]["covered_of"]), (2, &list[0]["id"]));
    assert_eq!(list[0]["has_covered"], true);

    let about = desk.takes_in(Form::says("Яма", "ru").category("BLG-04").at("Абая, 7"));
    desk.ok("round_visit", json!({ "id": door["id"], "result": "talked", "case": about }));
    let list = files(&desk, &to("case", &json!(about)));
    assert_eq!((list.len(), &list[1]["covered_of"]), (2, &list[0]["id"]));
}
