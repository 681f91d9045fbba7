//! Makes the seeds of `fuzz/corpus` out of real artefacts: `ESIK_WRITE=1 … -E 'test(the_seeds_are_real)'` writes
//! them. Ids and keys differ from run to run, so what is committed is compared with nothing but the decoders.

use crate::kept;
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chrono::{DateTime, Utc};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ed25519_dalek::SigningKey;
use esik_domain::event::Envelope;
use esik_testkit::{Form, TestDesk, World};
use esik_wire::bundle::{BundleHead, BundleOfficers, Load, seal};
use esik_wire::carried::{Signed, Slip, file_head};
use esik_wire::{EventHash, Segment, SignedEvent, ZERO_HASH, sealed, signed};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Decoder → its seeds by name.
type Seeds = BTreeMap<&'static str, BTreeMap<String, Vec<u8>>>;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn now() -> DateTime<Utc> {
    "2026-11-20T05:00:00Z".parse().unwrap()
}

/// A morning at a desk; what the region holds afterwards.
fn morning(world: &World, desk: &TestDesk) -> Vec<SignedEvent> {
    let text = "Екі күннен бері жылу жоқ, үйде сәби бар";
    let form = |n: u32| {
        Form::says(text, "kk").category("ZKH-01").at(&format!("Абай, {n}")).person(
            "Сейтова",
            "Алма",
            "8 701 123 45 67",
        )
    };
    desk.takes_in(form(1).refer("E-HEA"));
    desk.takes_in(form(2).crime("26 1701 000 000 123", "Семье нужна помощь"));
    desk.ok(
        "intake_finish",
        json!({ "form": Form::says("Где получить справку?", "ru").advice("В ЦОНе").0, "print": false }),
    );
    desk.ok("queue_join", json!({ "language": "kk", "urgent": true }));
    desk.ok("note_add", json!({ "case": desk.takes_in(form(3)), "text": "Пришёл сам" }));
    desk.sync();
    let mut events = Vec::new();
    world
        .region
        .store()
        .dump(&mut |row| {
            let cells: Value = serde_json::from_str(&row.line()?).unwrap();
            let texts = cells.as_array().unwrap().iter().filter_map(Value::as_str);
            if let Some(e) = texts.clone().find(|t| t.starts_with("{\"v\":1")) {
                let s = texts.clone().find(|t| t.len() == 88).unwrap_or_default();
                events.push(SignedEvent { e: e.to_owned(), s: s.to_owned() });
            }
            Ok(())
        })
        .unwrap();
    events
}

fn of_events(seeds: &mut Seeds, events: &[SignedEvent]) {
    let mut kinds = BTreeSet::new();
    let mut line = BTreeMap::<String, String>::new();
    for event in events {
        let Ok(envelope) = event.envelope() else { continue };
        let Envelope { kind, body, case_id, .. } = envelope;
        let history = line.entry(case_id.to_string()).or_default();
        history.push_str(&format!("+{kind} {body}\n"));
        if kinds.insert(kind.clone()) {
            seeds.entry("event").or_default().insert(kind, event.e.clone().into_bytes());
        }
    }
    for (n, history) in line.into_values().enumerate() {
        seeds.entry("history").or_default().insert(format!("case-{n}"), history.into_bytes());
    }
}

fn of_wire(seeds: &mut Seeds, events: &[SignedEvent], world: &World) {
    let two: Vec<SignedEvent> = events.iter().take(2).cloned().collect();
    let head = two.last().map_or(ZERO_HASH, SignedEvent::hash);
    let segment = Segment {
        branch_of: None,
        behind: None,
        device_id: "0190a000-0000-7000-8000-000000000001".parse().unwrap(),
        incarnation: 1,
        epoch: "e".into(),
        first_seq: 1,
        events: two.clone(),
        head,
        head_sig: signed::sign_head(&key(), &head),
    };
    let public = signed::key_text(&key().verifying_key());
    let card = json!({ "id": segment.device_id, "name": "Әлиева Д.", "post": "Инспектор",
        "role": "head", "station": "07", "key": public, "circles": ["dv"] });
    let entries: Vec<Value> = two
        .iter()
        .zip(1..)
        .map(|(e, pos)| json!({ "pos": pos, "recorded_at": now(), "event": e }))
        .collect();
    let zero = "0".repeat(64);
    let verdict =
        json!({ "id": null, "seq": 1, "verdict": "accepted", "pos": 1, "recorded_at": now() });
    let answer = json!({ "verdicts": [verdict], "acked": { "seq": 2, "hash": zero } });
    let messages = [
        (
            "a-enroll",
            json!({ "code": "ABCDEFGHJK", "device_id": segment.device_id, "incarnation": 1,
            "device_key": public, "officers": [card], "version": "0.1.0" }),
        ),
        (
            "c-hello",
            json!({ "protocol_min": 1, "protocol_max": 1, "device_id": segment.device_id,
            "incarnation": 1, "head": { "seq": 2, "hash": zero },
            "known": { "epoch": "e", "pos": 2, "acked": { "seq": 2, "hash": zero } },
            "device_time": now(), "unsent": 0, "officers": [card], "numbers_left": 9, "version": "0" }),
        ),
        (
            "d-hello",
            json!({ "protocol": 1, "server_time": now(), "epoch": "e",
            "acked": { "seq": 2, "hash": zero }, "scopes": ["station:07"], "leases": [],
            "officers": [card], "region_pos": 2, "durable_pos": 1, "desk_letter": "Ә",
            "publications": [{ "kind": "calendar", "name": "region", "version": 2, "hash": zero }],
            "decisions": [{ "what": "left", "note": "", "by": "x", "at": now() }] }),
        ),
        ("e-segment", serde_json::to_value(&segment).unwrap()),
        ("f-push", answer.clone()),
        ("g-page", json!({ "entries": entries, "next": 2, "more": false })),
        (
            "h-feed",
            json!({ "scope": "station:07", "after": 1, "epoch": "e", "limit": 500, "wait_s": 50 }),
        ),
        ("i-proof", json!({ "epoch": "e", "from": 1, "to": 2, "leaf": 1 })),
        (
            "j-blob",
            json!({ "bytes": 3_000_000, "parts": [{ "n": 0, "sha256": zero }], "complete": false }),
        ),
        ("k-error", json!({ "code": "gap", "expected": 3 })),
        ("m-back", json!({ "epoch": "e", "events": two, "officers": [card] })),
        (
            "n-back",
            json!({ "taken": 1, "there": 0, "refused": 1,
            "against": [{ "id": segment.device_id, "code": "role_forbids" }] }),
        ),
        (
            "o-hole",
            json!({ "device_id": segment.device_id, "life": 1, "from": 3, "to": 4, "last": zero,
            "at": now() }),
        ),
    ];
    let of = seeds.entry("message").or_default();
    for (name, message) in messages {
        of.insert(name.into(), [&name.as_bytes()[..1], message.to_string().as_bytes()].concat());
    }
    of.insert("l-key".into(), format!("l{public}").into_bytes());
    let framed = esik_wire::frame::encode(&segment).unwrap();
    of.insert("z-frame".into(), [b"z", framed.as_slice()].concat());

    let mut random = [3; 32];
    random[0] = 9;
    let head = BundleHead {
        region_id: "akmola".into(),
        device_id: segment.device_id,
        incarnation: 1,
        first_seq: 1,
        last_seq: 2,
        made_at: now(),
    };
    let said = BundleOfficers {
        region_id: head.region_id.clone(),
        device_id: head.device_id,
        officers: Vec::new(),
    };
    let officers = Some(Signed::sign(&said, &key()).unwrap());
    let load = Load { segment: segment.clone(), officers };
    let bundle = seal(&head, &load, &public, random).unwrap();
    let of = seeds.entry("bundle").or_default();
    of.insert("good".into(), bundle.clone());
    of.insert("cut".into(), bundle[..60].to_vec());
    let slip = Slip {
        region_id: "akmola".into(),
        device_id: segment.device_id,
        address: "ab".repeat(32),
        bytes: 1_500_000,
        chunks: vec!["cd".repeat(32); 2],
        preview: false,
        made_at: now(),
    };
    let slip = Signed::sign(&slip, &key()).unwrap();
    of.insert("file".into(), [file_head(&slip).unwrap(), b"sealed".to_vec()].concat());
    let receipt = json!({ "region_id": "akmola", "epoch": "e", "device_id": segment.device_id,
        "incarnation": 1, "bundle": zero, "answer": answer, "at": now() });
    let of = seeds.entry("receipt").or_default();
    of.insert("receipt".into(), receipt.to_string().into_bytes());
    of.insert(
        "signed".into(),
        json!({ "r": receipt.to_string(), "s": "AA==" }).to_string().into_bytes(),
    );
    let of_file = json!({ "region_id": "akmola", "epoch": "e", "device_id": segment.device_id,
        "address": "ab".repeat(32), "at": now() });
    of.insert("of-file".into(), of_file.to_string().into_bytes());
    let of = seeds.entry("request").or_default();
    let signature =
        esik_wire::request::sign(&key(), "GET", "/v1/hello", b"", "00112233445566778899");
    of.insert("signed".into(), format!("{signature}\n00112233445566778899").into_bytes());
    of.insert("short".into(), b"AAAA\n00".to_vec());
    let of = seeds.entry("certificate").or_default();
    let pem = world.site().tls().ca_pem().unwrap();
    of.insert("ca".into(), pem.clone().into_bytes());
    of.insert("two".into(), format!("{pem}{pem}").into_bytes());
    let of = seeds.entry("joining").or_default();
    let code = world.code("07");
    of.insert("code".into(), code.clone().into_bytes());
    of.insert("dashes".into(), code.to_lowercase().replace('.', " - . -\n").into_bytes());
}

fn of_tree(seeds: &mut Seeds) {
    let hashes = |bytes: &[u8]| -> Vec<EventHash> {
        bytes.chunks(32).map(|c| EventHash(c.try_into().unwrap())).collect()
    };
    let tree = |n: u64| {
        let mut tree = MemoryBackedTree::<sha2::Sha256, [u8; 40]>::new();
        (1..=n).for_each(|i| tree.push([u8::try_from(i).unwrap(); 40]));
        tree
    };
    let head = |n: u64| {
        let root = EventHash((*tree(n).root().as_bytes()).into());
        json!({ "region": "akmola", "epoch": "e", "size": n, "root": root, "at": now() })
    };
    for (old, new) in [(3, 7), (4, 8), (5, 5)] {
        let added = usize::try_from(new - old).unwrap();
        let growth = if added == 0 {
            Vec::new()
        } else {
            hashes(tree(new).prove_consistency(added).as_bytes())
        };
        let path = hashes(tree(new).prove_inclusion(usize::try_from(new / 2).unwrap()).as_bytes());
        let text =
            format!("{}\n{}\n{}", head(old), head(new), json!({ "growth": growth, "path": path }));
        seeds.entry("tree").or_default().insert(format!("{old}-{new}"), text.into_bytes());
    }
}

fn of_publications(seeds: &mut Seeds) {
    let calendar = include_str!("../../../domain/data/calendar-kz.json");
    let mut small: Value = serde_json::from_str(calendar).unwrap();
    small["version"] = json!("2026-4");
    let whole = small.to_string();
    small["years"].as_array_mut().unwrap().truncate(1);
    let of = seeds.entry("calendar").or_default();
    of.insert("whole".into(), whole.into_bytes());
    of.insert("one-year".into(), small.to_string().into_bytes());
    let said = json!({ "format": 1, "region": "akmola", "kind": "calendar", "name": "region",
        "version": 2_026_004, "label": "2026-4", "holds_from": "2026-12-01", "published_at": now(),
        "by": "Бекова А. Т.", "body": small.to_string() });
    let of = seeds.entry("publication").or_default();
    of.insert("calendar".into(), said.to_string().into_bytes());
    let mut unknown = said;
    unknown["kind"] = json!("weather");
    unknown["more"] = json!({ "a": [1, 2.5, null] });
    of.insert("unknown".into(), unknown.to_string().into_bytes());
    let card = json!({ "code": "gas-stove", "version": 2, "categories": ["ZKH-01"],
        "title": { "kk": "Газ пеші", "ru": "Газовая плита", "en": "" },
        "say": { "kk": "Пешпен жылынбаңыз", "ru": "Плитой не греются", "en": "" }, "steps": [],
        "papers": { "kk": "", "ru": "", "en": "" }, "ground": { "kk": "", "ru": "", "en": "" },
        "confirmed": "2026-11-20" });
    let of = seeds.entry("knowledge").or_default();
    of.insert("card".into(), json!({ "version": 1, "cards": [card] }).to_string().into_bytes());
    of.insert(
        "without".into(),
        json!({ "version": 3, "cards": [], "services": [], "without": ["x"] })
            .to_string()
            .into_bytes(),
    );
}

fn of_files(seeds: &mut Seeds) {
    for (name, size) in [("empty", 0), ("small", 300), ("two-chunks", sealed::SEALED_CHUNK + 5)] {
        let cipher = chacha20poly1305::XChaCha20Poly1305::new(&[7; 32].into());
        let mut out = sealed::MAGIC.to_vec();
        let plain = vec![7u8; size];
        let chunks: Vec<&[u8]> =
            if size == 0 { vec![&[]] } else { plain.chunks(sealed::SEALED_CHUNK).collect() };
        for (n, chunk) in (0u64..).zip(&chunks) {
            let mut bytes = chunk.to_vec();
            let last = n + 1 == chunks.len() as u64;
            cipher.encrypt_in_place(&sealed::nonce(n, last), sealed::MAGIC, &mut bytes).unwrap();
            out.extend(bytes);
        }
        assert!(sealed::unseal(&out, &[7; 32]).is_ok());
        if size < 1000 {
            seeds.entry("sealed").or_default().insert(name.into(), out);
        }
    }
    let segment = |marker: u8, body: &[u8]| {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), body].concat()
    };
    let exif = b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0GPS 53.28,69.39";
    let jpeg = [
        &[0xff, 0xd8][..],
        &segment(0xe0, b"JFIF\0\x01\x02"),
        &segment(0xe1, exif),
        &segment(0xdb, b"table"),
        &segment(0xda, b"head"),
        b"data\xff\x00data\xff\xd0data",
        &[0xff, 0xd9],
    ]
    .concat();
    let chunk = |kind: &[u8; 4], body: &[u8]| {
        [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], kind, body, b"crc!"].concat()
    };
    let png = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", b"size"),
        chunk(b"tEXt", b"Author\0Aigul"),
        chunk(b"IDAT", b"drawn"),
        chunk(b"IEND", b""),
    ]
    .concat();
    let element =
        |id: &[u8], body: &[u8]| [id, &[0x80 | u8::try_from(body.len()).unwrap()], body].concat();
    let info = [element(b"\x4d\x80", b"Aigul"), element(b"\x7b\xa9", b"Aigul")].concat();
    let track = [element(b"\x83", b"\x01"), element(b"\x53\x6e", b"Aigul")].concat();
    let cluster = [element(b"\xe7", b"\0"), element(b"\xa3", b"frame")].concat();
    let film = [
        element(b"\x15\x49\xa9\x66", &info),
        element(b"\x16\x54\xae\x6b", &element(b"\xae", &track)),
        element(b"\x1f\x43\xb6\x75", &cluster),
        element(b"\x12\x54\xc3\x67", b"Aigul"),
    ];
    let film = [
        element(b"\x1a\x45\xdf\xa3", &element(b"\x42\x82", b"webm")),
        element(b"\x18\x53\x80\x67", &film.concat()),
    ];
    let of = seeds.entry("strip").or_default();
    of.insert("film.webm".into(), film.concat());
    for name in [
        "moving.gif",
        "photo.tif",
        "notes-packed.pdf",
        "letter.pdf",
        "letter.docx",
        "letter.odt",
        "letter.rtf",
        "voice.mp3",
        "voice.ogg",
        "attached.pdf",
    ] {
        let data = kept::fuzz().join("../crates/domain/tests/data/strip");
        of.insert(name.into(), std::fs::read(data.join(name)).unwrap());
    }
    let mut program = b"MZ".to_vec();
    program.resize(0x3c, b' ');
    program.extend([0x40, 0, 0, 0]);
    program.extend(b"PE\0\0");
    for (name, bytes) in [("jpeg", jpeg.clone()), ("png", png.clone())] {
        seeds.entry("strip").or_default().insert(name.into(), bytes.clone());
        seeds.entry("sniff").or_default().insert(name.into(), bytes);
    }
    // Real ones, of a few pixels.
    let picture = image::DynamicImage::from(image::RgbImage::new(3, 2));
    let of = seeds.entry("picture").or_default();
    for format in ["jpg", "png", "gif", "webp"] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let as_told = image::ImageFormat::from_extension(format).unwrap();
        picture.write_to(&mut bytes, as_told).unwrap();
        of.insert(format.into(), bytes.into_inner());
    }
    let of = seeds.entry("sniff").or_default();
    of.insert("program".into(), program);
    of.insert("zip".into(), b"PK\x03\x04\x14\0".to_vec());
    of.insert("page".into(), "\u{feff} <!DOCTYPE html><p>Жауап".as_bytes().to_vec());
    let of = seeds.entry("name").or_default();
    for (name, text) in [
        ("folders", "../../etc/passwd"),
        ("device", ".. CON.tar.gz"),
        ("direction", "ans\u{202e}fdp.exe"),
        ("identity", "жеке куәлік (1).jpg"),
    ] {
        of.insert(name.into(), text.as_bytes().to_vec());
    }
}

fn of_people(seeds: &mut Seeds, desk: &TestDesk) {
    let mut put = |decoder: &'static str, name: &str, text: &str| {
        seeds.entry(decoder).or_default().insert(name.into(), text.as_bytes().to_vec());
    };
    for (name, text) in [
        ("phone", "8 (701) 123-45-67, сот. +7 7162 25-25-25"),
        ("iin", "991231 500 006"),
        ("name", "Нұрлан Болатұлы Ахметов"),
        ("number", "esk 07/2026 – 431"),
        ("address", "г. Кокшетау, ул. Абая, д. 12, кв. 4"),
        ("layout", "fk\u{44b}tdf lbyf"),
    ] {
        put("typed", name, text);
        put("search", name, text);
    }
    put("suggest", "heat", "Екінші күн жылу жоқ, батареялар суық, үйде сәби бар");
    put("suggest", "hole", "Во дворе яма, ребёнок упал и сломал руку");
    put(
        "places",
        "list",
        "\u{feff}Мекенжай;Ескерту\nАбай, 5;ит бар\n\"Сәтбаев, 7\",\"есік \"\"көк\"\"\"\n\n;пусто",
    );
    put("places", "tabs", "адрес\nАбая 5\tнет связи\r\nАбая 6\n");
    put("search", "quoted", "\"жылу жоқ\" OR -холодно* NEAR(a b) ()");
    let file = std::fs::read_to_string(desk.dir.join("keys.v1")).unwrap();
    put("keys", "file", &file);
    let mut cheap: Value = serde_json::from_str(&file).unwrap();
    cheap["slots"][0]["kdf"]["cost"]["m"] = json!(8);
    put("keys", "cheap", &cheap.to_string());
}

fn of_the_region(seeds: &mut Seeds, world: &World) {
    let of = seeds.entry("forms").or_default();
    let part = |name: &str, value: &str| {
        format!("--esik\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = "--esik\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../акт.pdf\"\r\n\
                Content-Type: application/pdf\r\n\r\n%PDF-1.7\n\r\n";
    let typed =
        part("csrf", "ab12") + &part("act", "answer") + &part("text", "Жылу қосылды\r\n\u{7}");
    of.insert("answer".into(), format!("0{typed}{file}--esik--\r\n").into_bytes());
    let typed = part("act", "reject") + &part("code", "other_body") + &part("reason", "Не наше");
    of.insert("reject".into(), format!("0{typed}--esik--\r\n").into_bytes());
    for (name, body) in [
        ("coupon", "1number=ESK-07-2026-12&code=ABCD-EFGH&lang=kk&other="),
        (
            "sign-in",
            "1login=zkh&password=%D0%B6%D1%8B%D0%BB%D1%83+1&act=sign-in&next=%2Fportal&text=x",
        ),
        ("aside", "1csrf=ab12&matter=abc&note=%D1%81%D2%B1%D1%80%D0%B0&act=leave"),
        ("scanned", "2ESK-07-2026-12/ABCDEFGHJKMNPQRSTVWXYZ2345"),
    ] {
        of.insert(name.into(), body.as_bytes().to_vec());
    }
    let secret = "0123456789abcdef0123456789abcdef";
    let form = "fedcba9876543210fedcba9876543210";
    let of = seeds.entry("said").or_default();
    for (name, body) in [
        (
            "typed",
            format!(
                "number=esk+07%2F2026+1&code=%D0%B0bcd+2345&secret=&form={form}&word=not_solved&stars=2\
                 &text=%D0%A1%D1%83%D1%8B%D2%9B%0D%0A%00%D3%99%D0%BB%D1%96&lang=kk"
            ),
        ),
        (
            "scanned",
            format!("number=ESK-07-2026-1&secret={secret}&form={form}&word=solved&stars=5&text="),
        ),
        ("other", format!("number=ESK-07-2026-1&secret={secret}&word=x&stars=6&other=ru")),
    ] {
        of.insert(name.into(), body.into_bytes());
    }
    // Every third row of a whole copy, and its beginning, which is believed.
    let mut rows = Vec::new();
    world
        .region
        .store()
        .dump(&mut |row| {
            rows.push(row.line()?);
            Ok(())
        })
        .unwrap();
    let of = seeds.entry("rows").or_default();
    let short: Vec<_> = rows.iter().filter(|row| row.len() < 3_000).take(30).cloned().collect();
    of.insert("beginning".into(), short.join("\n").into_bytes());
    let some: Vec<_> = rows.iter().step_by(7).take(30).cloned().collect();
    of.insert("some".into(), some.join("\n").into_bytes());
}

fn of_copies_and_papers(seeds: &mut Seeds) {
    let of = seeds.entry("import").or_default();
    let line = json!({ "number": "ЖТ-12", "opened_at": now(), "channel": "phone", "language": "kk",
        "narrative": "Екі күннен бері жылу жоқ", "category": "ZKH-01",
        "address": { "text": "Абай, 5", "lat": 53.28, "lon": 69.39 },
        "parties": [{ "role": "applicant", "surname": "Сейтова", "given": "Алма", "iin": "", "phone": "87011234567" }],
        "agency": "E-HEA", "events": [{ "kind": "answered", "at": now(), "text": "Жылу қосылды" }] });
    of.insert("case".into(), line.to_string().into_bytes());
    of.insert("least".into(), b"{\"narrative\":\"x\",\"parties\":null}\n{}\n".to_vec());
    let zero = "0".repeat(64);
    let list = |more: &str| {
        let file = |name: &str| json!({ "name": name, "bytes": 4096, "sha256": zero });
        json!({ "format": 2, "program": "0.1.0", "made_at": now(), "device": "x", "incarnation": 1,
            "files": [file("esik.db"), file("keys.v1"), file(more)] })
    };
    let of = seeds.entry("copies").or_default();
    of.insert("whole".into(), list(&format!("files/{zero}")).to_string().into_bytes());
    of.insert("outside".into(), list("../esik.db").to_string().into_bytes());
    let of = seeds.entry("paper").or_default();
    let advice = include_str!("../../../letters/papers/advice.2.toml");
    of.insert("advice".into(), format!("0{advice}").into_bytes());
    of.insert(
        "words".into(),
        "1Жылу жоқ #set page(width: 1pt)\n$ \\ * _ [ ] ` <a> @b // /*".into(),
    );
}

/// Seeds of every decoder, made of what the programs really write; each is taken by its decoder.
#[test]
fn the_seeds_are_real() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let events = morning(&world, &desk);
    assert!(events.len() > 10, "{}", events.len());
    let mut seeds = Seeds::new();
    of_events(&mut seeds, &events);
    of_wire(&mut seeds, &events, &world);
    of_tree(&mut seeds);
    of_publications(&mut seeds);
    of_files(&mut seeds);
    of_people(&mut seeds, &desk);
    of_the_region(&mut seeds, &world);
    of_copies_and_papers(&mut seeds);
    for (decoder, _) in esik_decoders::TARGETS {
        let of = seeds.get(decoder).unwrap_or_else(|| panic!("{decoder} has no seeds"));
        for (name, bytes) in of {
            println!("{decoder}/{name}");
            esik_decoders::run(decoder, bytes);
            if std::env::var_os("ESIK_WRITE").is_some() {
                let folder = kept::fuzz().join("corpus").join(decoder);
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(folder.join(name), bytes).unwrap();
            }
        }
    }
}
