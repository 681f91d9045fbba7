//! Small pictures: beside every list of files, gone with their file, and there before it.

use crate::travel::{add, events_go, line, second, step};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use esik_sync::LaneStep;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};
use std::io::Cursor;

/// A picture of so many pixels a side that no packing makes small.
pub fn picture(side: u32) -> Vec<u8> {
    let noise = image::RgbImage::from_fn(side, side, |x, y| {
        let n = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(0x9e37_79b9);
        image::Rgb([(n >> 24) as u8, (n >> 16) as u8, (n >> 8) as u8])
    });
    let mut out = Vec::new();
    image::DynamicImage::from(noise)
        .write_to(&mut Cursor::new(&mut out), image::ImageFormat::Png)
        .unwrap();
    out
}

fn to(kind: &str, id: &Value) -> Value {
    json!({ "to": kind, "id": id })
}

/// The longer side of what the window would draw for the first file; none while there is nothing.
fn drawn(desk: &TestDesk, to: &Value) -> Option<u32> {
    let id = line(desk, to)["preview"].clone();
    id.as_str()?;
    let answer = desk.ok("attachment_preview", json!({ "to": to, "id": id }));
    let jpeg = B64.decode(answer["jpeg"].as_str()?).unwrap();
    let read = image::load_from_memory_with_format(&jpeg, image::ImageFormat::Jpeg).unwrap();
    Some(read.width().max(read.height()))
}

fn on_disk(desk: &TestDesk) -> usize {
    std::fs::read_dir(desk.dir.join("files")).map_or(0, Iterator::count)
}

fn count(desk: &TestDesk, to: &Value) -> usize {
    desk.ok("attachment_list", to.clone())["files"].as_array().unwrap().len()
}

#[test]
fn a_picture_of_a_case_is_seen_small_and_both_go_together() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    let files = to("case", &json!(case));
    let id = add(&desk, &files, "яма.png", &picture(400));
    assert_eq!((count(&desk, &files), on_disk(&desk), drawn(&desk, &files)), (1, 2, Some(256)));
    let told = desk.case(&case)["timeline"].clone();
    let told = told.as_array().unwrap().iter().filter(|l| l["kind"] == "attachment_linked");
    assert_eq!(told.count(), 1, "one file is told, not two");
    let waits = desk.ok("sync_board", json!({}))["waiting"][0]["kinds"].clone();
    let waits =
        waits.as_array().unwrap().iter().find(|k| k["kind"] == "attachment_linked").unwrap();
    assert_eq!(waits["n"], 1, "and one waits");
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]));

    // What is no picture has none.
    add(&desk, &files, "акт.txt", "Обследовано".as_bytes());
    let text = desk.ok("attachment_list", files.clone())["files"][1].clone();
    assert_eq!(text["preview"], Value::Null);

    let small = line(&desk, &files)["preview"].clone();
    let back = json!({ "to": files, "id": id, "reason": "не та" });
    desk.ok("attachment_withdraw", back);
    assert_eq!(on_disk(&desk), 1, "neither the picture nor the small one is left");
    assert_eq!(line(&desk, &files)["preview"], Value::Null);
    let gone = desk.call("attachment_preview", json!({ "to": files, "id": small }));
    assert_eq!(gone.unwrap_err().code, "not_found");
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]));
    let swept = desk.restart();
    swept.sign_in("Әлиева");
    assert_eq!((on_disk(&swept), drawn(&swept, &files)), (1, None));
}

#[test]
fn the_small_picture_goes_from_the_door_to_the_intake_and_to_the_case() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let address = json!({ "address": "Абая, 7", "day": "2026-11-20" });
    let door = to("place", &desk.ok("round_add", address)["id"]);
    add(&desk, &door, "стена.png", &picture(300));
    assert_eq!((count(&desk, &door), drawn(&desk, &door)), (1, Some(256)));
    desk.ok("round_visit", json!({ "id": door["id"], "result": "talked" }));
    assert_eq!(desk.ok("round", json!({}))["files"], 1, "the day counts photographs");

    let draft = desk.ok("round_intake", json!({ "id": door["id"] }))["draft"].clone();
    let intake = to("draft", &draft["id"]);
    assert_eq!((count(&desk, &intake), drawn(&desk, &intake)), (1, Some(256)));
    let slip = add(&desk, &intake, "лишнее.png", &picture(200));
    assert_eq!((count(&desk, &intake), on_disk(&desk)), (2, 4));
    desk.ok("attachment_withdraw", json!({ "to": intake, "id": slip }));
    assert_eq!((count(&desk, &intake), on_disk(&desk)), (1, 2));
    let mut form = draft["form"].clone();
    form["text"] = json!("Трещина в стене");
    form["category"] = json!("BLG-04");
    form["advice"] = json!("Не подходите к стене");
    form["unknown"] = json!({ "controller": null });
    let done =
        desk.ok("intake_finish", json!({ "draft": draft["id"], "form": form, "print": false }));
    let case = to("case", &done["case"]);
    assert_eq!((count(&desk, &case), drawn(&desk, &case)), (1, Some(256)));

    // A visit about a case brings its photograph there, small one and all; one file on the disk.
    let about = json!(desk.takes_in(Form::says("Яма", "ru").category("BLG-04").at("Абая, 7")));
    let before = on_disk(&desk);
    add(&desk, &door, "яма.png", &picture(280));
    desk.ok("round_visit", json!({ "id": door["id"], "result": "talked", "case": about }));
    let about = to("case", &about);
    assert_eq!((count(&desk, &about), drawn(&desk, &about)), (1, Some(256)));
    assert_eq!(on_disk(&desk), before + 2);
}

#[test]
fn on_the_crime_branch_and_with_a_discarded_draft_the_small_picture_goes_too() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    for crime in [true, false] {
        let draft = desk.ok("draft_open", json!({}))["id"].clone();
        add(&desk, &to("draft", &draft), "побои.png", &picture(200));
        assert_eq!(on_disk(&desk), 2);
        if crime {
            let form = Form::says("Избили", "ru").crime("260000000000123", "Нужен юрист").0;
            desk.ok("intake_finish", json!({ "draft": draft, "form": form, "print": false }));
        } else {
            // A slip taken back brings both again.
            let undo = desk.ok("draft_discard", json!({ "id": draft }))["undo"].clone();
            desk.ok("undo", undo);
            assert_eq!(drawn(&desk, &to("draft", &draft)), Some(200));
            desk.ok("draft_discard", json!({ "id": draft }));
            desk.ok("session_lock", json!({}));
        }
        if !crime {
            desk.sign_in("Әлиева");
        }
        assert_eq!(on_disk(&desk), 0, "crime: {crime}");
    }
}

/// S25 (part), S27 (part): the small picture goes before the large file, and is drawn at another desk while that is
/// still on its way.
#[test]
fn the_small_picture_is_there_first() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let other = second(&world);
    let case = desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    let files = to("case", &json!(case));
    let large = picture(900);
    assert!(large.len() > 2 << 20, "more than one chunk");
    let id = add(&desk, &files, "яма.png", &large);
    assert_eq!(desk.ok("sync_status", json!({}))["files_waiting"], 1, "one file waits, not two");
    events_go(&world, &desk);
    events_go(&world, &other);
    other.case(&case);
    assert_eq!(drawn(&other, &files), None, "it is asked for");
    other.ok("attachment_fetch", json!({ "to": files, "id": id }));

    // Whatever went with the sync, the small one has gone when the large one has not.
    let mut steps = 0;
    while line(&desk, &files)["travel"]["at"] == "waits" {
        assert_eq!(step(&world, &desk), LaneStep::Moved);
        steps += 1;
        assert!(steps < 6, "the large file never begins");
    }
    assert_ne!(line(&desk, &files)["travel"]["at"], "arrived");
    world.clock.advance(chrono::TimeDelta::minutes(11));
    let mut steps = 0;
    let seen = loop {
        if let Some(side) = drawn(&other, &files) {
            break side;
        }
        assert_eq!(step(&world, &other), LaneStep::Moved);
        steps += 1;
        assert!(steps < 6, "the small one never comes");
    };
    assert_eq!(seen, 256);
    assert_eq!(line(&other, &files)["here"], false, "the large one is still on its way");
}
