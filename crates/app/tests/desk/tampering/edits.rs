//! What somebody with the keys may do to a desk. He is careful: sums, heads and counts fit again afterwards, the program
//! itself has made the lists anew, and the rules that keep events from being changed are back in their place.

use super::{Bench, Dice, Event, copy, with_store};
use ed25519_dalek::SigningKey;
use esik_domain::event::{Envelope, Role};
use esik_store::keys::KEY_FILE_NAMES;
use esik_wire::SignedEvent;
use esik_wire::signed::{hash_bytes, key_text};
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// A copy of the desk in somebody's hands.
pub struct Touched<'a> {
    pub bench: &'a Bench,
    pub dir: &'a Path,
    pub dice: &'a mut Dice,
}

pub type Edit = fn(&mut Touched<'_>);

pub const EDITS: &[(&str, Edit)] = &[
    ("the text of an event", text),
    ("a signature", signature),
    ("a column beside an event", column),
    ("an own event is deleted", own_deleted),
    ("the last own events are deleted", own_tail),
    ("the last own events are deleted, the spare too", own_tail_and_spare),
    ("a colleague's event is deleted", foreign_deleted),
    ("two own events change their places", places),
    ("two events change their order", order),
    ("an accepted event is called refused", verdict),
    ("an event is signed by somebody else", signed_by_another),
    ("own events are signed anew by their officer", signed_anew),
    ("own events are signed anew by their officer, the spare is gone", signed_anew_no_spare),
    ("a colleague gets another key, and all he signed", another_key),
    ("a list", list),
    ("a page", page),
    ("a page", page),
    ("two pages change their places", pages_swapped),
    ("the file is cut", cut),
    ("the database of an earlier day", |t| put_back(t, &["esik.db", "esik.db-wal"])),
    ("database and spare of an earlier day", |t| {
        put_back(t, &["esik.db", "esik.db-wal", "esik.spare"]);
    }),
    ("the whole folder of an earlier day", whole_folder),
    ("the log of an earlier day", log),
    ("a slot is moved", slot),
    ("what a password costs", cost),
    ("the head of the keyring", header),
];

impl<'a> Touched<'a> {
    fn file(&self, name: &str) -> std::path::PathBuf {
        self.dir.join(name)
    }

    /// Changes the database, with the rules out of the way.
    fn sql(&self, job: impl FnOnce(&Connection) + Send + 'static) {
        with_store(self.dir, &self.bench.key, |store| {
            store
                .write(move |tx| {
                    let mut asked =
                        tx.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")?;
                    let rules = asked
                        .query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)))?
                        .collect::<Result<Vec<_>, _>>()?;
                    drop(asked);
                    for (name, _) in &rules {
                        tx.execute_batch(&format!("DROP TRIGGER {name}"))?;
                    }
                    job(tx);
                    for (_, rule) in &rules {
                        tx.execute_batch(rule)?;
                    }
                    Ok(())
                })
                .unwrap();
        });
    }

    /// The same; then heads and counts fit again, and the program itself makes the lists anew.
    fn careful(&self, job: impl FnOnce(&Connection) + Send + 'static) {
        let own = self.bench.device;
        self.sql(move |conn| {
            job(conn);
            conn.execute(
                "UPDATE own_head SET unsent = 0, (seq, hash) = (SELECT device_seq, hash FROM event
                   WHERE device_id = ?1 AND event.incarnation = own_head.incarnation
                   ORDER BY device_seq DESC LIMIT 1)",
                [own.0.as_bytes().as_slice()],
            )
            .unwrap();
            conn.execute_batch(
                "UPDATE own_head SET unsent = (SELECT count(*) FROM event WHERE verdict IS NULL)
                   WHERE incarnation = (SELECT max(incarnation) FROM own_head);
                 UPDATE case_row SET folder_version = 0;
                 UPDATE queue_row SET folder_version = 0;
                 UPDATE aside_row SET folder_version = 0;
                 DELETE FROM case_row WHERE case_id NOT IN (SELECT case_id FROM event);",
            )
            .unwrap();
        });
        // What cannot be folded does not open any more; that is told as well.
        let now = "2026-11-20T05:00:00Z".parse().unwrap();
        if let Ok(store) = esik_store::Store::open(&self.file("esik.db"), &self.bench.key, now) {
            store.close().unwrap();
        }
    }

    fn one_of(&mut self, which: impl Fn(&Event) -> bool) -> &'a Event {
        let all: Vec<&'a Event> = self.bench.events.iter().filter(|e| which(e)).collect();
        all[self.dice.below(all.len())]
    }

    fn no_spare(&self) {
        std::fs::remove_file(self.file("esik.spare")).unwrap();
    }

    fn own(&self) -> Vec<&'a Event> {
        self.bench.events.iter().filter(|e| e.own).collect()
    }

    /// Writes an event anew, and every column with it.
    fn put(conn: &Connection, seq: i64, signed: &SignedEvent) {
        let e = signed.envelope().unwrap();
        let sig = signed.signature().unwrap().to_bytes();
        let changed = conn.execute(
            "UPDATE event SET bytes = ?2, sig = ?3, hash = ?4, occurred_at = ?5 WHERE seq = ?1",
            (seq, &signed.e, sig.as_slice(), signed.hash().0, e.occurred_at.timestamp_millis()),
        );
        assert_eq!(changed.unwrap(), 1);
    }
}

fn envelope(event: &Event) -> Envelope {
    serde_json::from_str(&event.bytes).unwrap()
}

/// One sign of it is another.
fn text(t: &mut Touched<'_>) {
    let event = t.one_of(|_| true);
    let (seq, mut bytes) = (event.seq, event.bytes.clone().into_bytes());
    let signs: Vec<usize> =
        (0..bytes.len()).filter(|i| bytes[*i].is_ascii_alphanumeric()).collect();
    let at = signs[t.dice.below(signs.len())];
    bytes[at] = if bytes[at] == b'7' { b'4' } else { b'7' };
    let bytes = String::from_utf8(bytes).unwrap();
    let hash = hash_bytes(bytes.as_bytes()).0;
    t.careful(move |conn| {
        conn.execute("UPDATE event SET bytes = ?2, hash = ?3 WHERE seq = ?1", (seq, bytes, hash))
            .unwrap();
    });
}

fn signature(t: &mut Touched<'_>) {
    let (seq, bit) = (t.one_of(|_| true).seq, t.dice.below(512));
    t.careful(move |conn| {
        let mut sig: Vec<u8> =
            conn.query_row("SELECT sig FROM event WHERE seq = ?1", [seq], |r| r.get(0)).unwrap();
        sig[bit / 8] ^= 1 << (bit % 8);
        conn.execute("UPDATE event SET sig = ?2 WHERE seq = ?1", (seq, sig)).unwrap();
    });
}

fn column(t: &mut Touched<'_>) {
    let seq = t.one_of(|_| true).seq;
    let to = [
        "circle = 'dv'",
        "occurred_at = occurred_at + 60000",
        "kind = 'of_tomorrow'",
        "actor_id = randomblob(16)",
        "case_id = (SELECT max(case_id) FROM event AS other WHERE other.case_id <> event.case_id)",
        "id = randomblob(16)",
        "device_seq = device_seq + 1000",
        "device_id = randomblob(16)",
        "hash = randomblob(32)",
    ];
    let to = to[t.dice.below(to.len())];
    t.careful(move |conn| {
        let changed = conn.execute(&format!("UPDATE event SET {to} WHERE seq = ?1"), [seq]);
        assert_eq!(changed.unwrap(), 1, "{to}");
    });
}

/// Deletes, and numbers the arrivals anew so that no gap tells.
fn delete(t: &Touched<'_>, which: Vec<i64>) {
    t.careful(move |conn| {
        for seq in which.iter().rev() {
            assert_eq!(conn.execute("DELETE FROM event WHERE seq = ?1", [seq]).unwrap(), 1);
        }
        conn.execute_batch(
            "UPDATE event SET seq = -numbered.n FROM
               (SELECT seq AS old, row_number() OVER (ORDER BY seq) AS n FROM event) AS numbered
             WHERE seq = numbered.old;",
        )
        .unwrap();
        conn.execute_batch("UPDATE event SET seq = -seq").unwrap();
    });
}

fn own_deleted(t: &mut Touched<'_>) {
    let own: Vec<i64> = t.own().iter().map(|e| e.seq).collect();
    let first = t.dice.below(own.len() - 1);
    let many = 1 + t.dice.below(3.min(own.len() - 1 - first));
    delete(t, own[first..first + many].to_vec());
}

fn own_tail(t: &mut Touched<'_>) {
    let own: Vec<i64> = t.own().iter().map(|e| e.seq).collect();
    let first = 1 + t.dice.below(own.len() - 1);
    delete(t, own[first..].to_vec());
}

/// At least one of them is at the region.
fn own_tail_and_spare(t: &mut Touched<'_>) {
    let own: Vec<(i64, bool)> = t.own().iter().map(|e| (e.seq, e.placed)).collect();
    let sent = own.iter().filter(|(_, placed)| *placed).count();
    let first = 1 + t.dice.below(sent - 1);
    delete(t, own[first..].iter().map(|(seq, _)| *seq).collect());
    t.no_spare();
}

fn foreign_deleted(t: &mut Touched<'_>) {
    let mut which: Vec<i64> = (0..1 + t.dice.below(3)).map(|_| t.one_of(|e| !e.own).seq).collect();
    which.sort_unstable();
    which.dedup();
    delete(t, which);
}

fn places(t: &mut Touched<'_>) {
    let one = t.one_of(|e| e.own).seq;
    let two = t.one_of(|e| e.own && e.seq != one).seq;
    t.careful(move |conn| {
        let place = |seq: i64| -> i64 {
            conn.query_row("SELECT device_seq FROM event WHERE seq = ?1", [seq], |r| r.get(0))
                .unwrap()
        };
        let (a, b) = (place(one), place(two));
        for (seq, to) in [(one, -1), (two, a), (one, b)] {
            conn.execute("UPDATE event SET device_seq = ?2 WHERE seq = ?1", [seq, to]).unwrap();
        }
    });
}

/// What the region said of them is exchanged.
fn order(t: &mut Touched<'_>) {
    let one = t.one_of(|e| e.placed).seq;
    let two = t.one_of(|e| e.placed && e.seq != one).seq;
    t.careful(move |conn| {
        let said = |seq: i64| -> (i64, i64) {
            conn.query_row("SELECT pos, recorded_at FROM event WHERE seq = ?1", [seq], |r| {
                Ok((r.get(0)?, r.get(1)?))
            })
            .unwrap()
        };
        let (a, b) = (said(one), said(two));
        for (seq, (pos, at)) in [(one, b), (two, a)] {
            let put = "UPDATE event SET pos = ?2, recorded_at = ?3 WHERE seq = ?1";
            conn.execute(put, [seq, pos, at]).unwrap();
        }
    });
}

fn verdict(t: &mut Touched<'_>) {
    let seq = t.one_of(|e| e.placed).seq;
    let to = [
        "verdict = 'rejected', verdict_code = 'not_allowed', pos = NULL, recorded_at = NULL",
        "verdict = 'quarantined', verdict_code = 'revoked', pos = NULL, recorded_at = NULL",
        "verdict = 'rejected', verdict_code = 'too_late'",
        "recorded_at = recorded_at - 86400000",
    ];
    let to = to[t.dice.below(to.len())];
    t.careful(move |conn| {
        conn.execute(&format!("UPDATE event SET {to} WHERE seq = ?1"), [seq]).unwrap();
    });
}

fn signed_by_another(t: &mut Touched<'_>) {
    let event = t.one_of(|_| true);
    let mut said = envelope(event);
    said.occurred_at += chrono::Duration::minutes(5);
    let signed = SignedEvent::sign(&said, &SigningKey::from_bytes(&[77; 32])).unwrap();
    let seq = event.seq;
    t.careful(move |conn| Touched::put(conn, seq, &signed));
}

/// From one event on a chain is signed anew.
fn chain(events: &[&Event], from: usize, key: &SigningKey) -> Vec<(i64, SignedEvent)> {
    let mut out: Vec<(i64, SignedEvent)> = Vec::new();
    for (n, event) in events.iter().enumerate().skip(from) {
        let mut said = envelope(event);
        if n == from {
            said.occurred_at += chrono::Duration::minutes(5);
        }
        if let Some((_, before)) = out.last() {
            said.prev = before.hash().hex();
        }
        out.push((event.seq, SignedEvent::sign(&said, key).unwrap()));
    }
    out
}

fn sign_anew(t: &mut Touched<'_>, from: usize) {
    let own = t.own();
    assert!(own.iter().all(|e| envelope(e).actor_id == t.bench.officer));
    let signed = chain(&own, from, &t.bench.signing);
    t.careful(move |conn| signed.iter().for_each(|(seq, signed)| Touched::put(conn, *seq, signed)));
}

fn signed_anew(t: &mut Touched<'_>) {
    let from = t.dice.below(t.own().len());
    sign_anew(t, from);
}

/// At least one of them is at the region.
fn signed_anew_no_spare(t: &mut Touched<'_>) {
    let sent = t.own().iter().filter(|e| e.placed).count();
    let from = t.dice.below(sent);
    sign_anew(t, from);
    t.no_spare();
}

fn another_key(t: &mut Touched<'_>) {
    let key = SigningKey::from_bytes(&[78; 32]);
    let others: Vec<&Event> = t.bench.events.iter().filter(|e| !e.own).collect();
    let officer = others.iter().map(|e| envelope(e)).find(|e| e.role != Role::Region).unwrap();
    let whose = officer.actor_id;
    let theirs: Vec<&Event> =
        others.into_iter().filter(|e| envelope(e).actor_id == whose).collect();
    let signed = chain(&theirs, 0, &key);
    let vouched = t.dice.below(2) == 0;
    t.careful(move |conn| {
        signed.iter().for_each(|(seq, signed)| Touched::put(conn, *seq, signed));
        let voucher = if vouched { "" } else { ", voucher = NULL" };
        let put = format!("UPDATE officer SET key = ?2{voucher} WHERE id = ?1");
        let key = key_text(&key.verifying_key());
        assert_eq!(conn.execute(&put, (whose.0.as_bytes().as_slice(), key)).unwrap(), 1);
    });
}

fn list(t: &mut Touched<'_>) {
    let to = [
        "UPDATE case_row SET title = 'Все хорошо' WHERE rowid_of",
        "UPDATE case_row SET phase = 'closed' WHERE rowid_of",
        "UPDATE case_row SET next_due = '2030-01-01' WHERE rowid_of",
        "DELETE FROM case_row WHERE rowid_of",
        "DELETE FROM obligation WHERE rowid_of",
        "UPDATE obligation SET due = '2030-01-01' WHERE rowid_of",
        "DELETE FROM find_key WHERE rowid_of",
    ];
    let to = to[t.dice.below(to.len())]
        .replace("rowid_of", "case_id = (SELECT case_id FROM obligation LIMIT 1 OFFSET ?1)");
    let n = i64::try_from(t.dice.below(4)).unwrap();
    t.sql(move |conn| assert!(conn.execute(&to, [n]).unwrap() > 0, "{to}"));
}

const PAGE: usize = 4096;

/// A page as it was on an earlier day, in its place: its seal fits.
fn page(t: &mut Touched<'_>) {
    let path = t.file("esik.db");
    let mut now = std::fs::read(&path).unwrap();
    let before = std::fs::read(t.bench.earlier[0].join("esik.db")).unwrap();
    let pages = now.len().min(before.len()) / PAGE;
    let of = |n: usize| n * PAGE..(n + 1) * PAGE;
    let other: Vec<usize> = (0..pages).filter(|n| now[of(*n)] != before[of(*n)]).collect();
    for _ in 0..1 + t.dice.below(3) {
        let n = other[t.dice.below(other.len())];
        now[of(n)].copy_from_slice(&before[of(n)]);
    }
    std::fs::write(path, now).unwrap();
}

fn pages_swapped(t: &mut Touched<'_>) {
    let path = t.file("esik.db");
    let mut now = std::fs::read(&path).unwrap();
    let pages = now.len() / PAGE;
    let one = t.dice.below(pages - 1);
    let two = one + 1 + t.dice.below(pages - 1 - one);
    let (head, tail) = now.split_at_mut(two * PAGE);
    head[one * PAGE..(one + 1) * PAGE].swap_with_slice(&mut tail[..PAGE]);
    std::fs::write(path, now).unwrap();
}

fn cut(t: &mut Touched<'_>) {
    let path = t.file("esik.db");
    let now = std::fs::read(&path).unwrap();
    let pages = now.len() / PAGE;
    std::fs::write(path, &now[..(1 + t.dice.below(pages - 1)) * PAGE]).unwrap();
}

fn put_back(t: &mut Touched<'_>, names: &[&str]) {
    let from = &t.bench.earlier[t.dice.below(2)];
    for name in names {
        if from.join(name).exists() {
            std::fs::copy(from.join(name), t.file(name)).unwrap();
        }
    }
}

/// Keyring and spare with it: the folder fits together. The desk had been worked at in this place before.
fn whole_folder(t: &mut Touched<'_>) {
    t.bench.worked_at(t.dir);
    std::fs::remove_dir_all(t.dir).unwrap();
    copy(&t.bench.earlier[t.dice.below(2)], t.dir);
}

fn log(t: &mut Touched<'_>) {
    let from = t.bench.earlier[1].join("esik.db-wal");
    let mut log = std::fs::read(from).unwrap();
    // All of it, or its beginning.
    let frame = PAGE + 24;
    let frames = (log.len() - 32) / frame;
    log.truncate(32 + frame * (frames - t.dice.below(frames / 2)));
    std::fs::write(t.file("esik.db-wal"), log).unwrap();
}

/// Changes both copies of the keyring, and the sum over it fits again. Its text has no blank but those that make it pretty.
fn keyring(t: &Touched<'_>, change: impl Fn(&str) -> String) {
    for name in KEY_FILE_NAMES {
        let mut text = std::fs::read_to_string(t.file(name)).unwrap();
        text.retain(|c| !c.is_whitespace());
        let changed = change(&text);
        assert_ne!(changed, text);
        let (head, _) = changed.split_once("\"sum\":\"").unwrap();
        let sum = hex::encode(Sha256::digest(format!("{head}\"sum\":\"\"}}")));
        std::fs::write(t.file(name), format!("{head}\"sum\":\"{sum}\"}}")).unwrap();
    }
}

/// Every value of a field, in their order.
fn values<'a>(text: &'a str, field: &str) -> Vec<&'a str> {
    let begins = format!("\"{field}\":");
    text.match_indices(&begins)
        .map(|(at, _)| {
            let value = &text[at + begins.len()..];
            let end = if value.starts_with('{') {
                value.find('}').unwrap() + 1
            } else {
                value.find([',', '}']).unwrap()
            };
            &value[..end]
        })
        .collect()
}

fn slot(t: &mut Touched<'_>) {
    let field = ["officer_id", "slot_id", "salt", "drk", "osk", "whole", "gone"][t.dice.below(7)];
    keyring(t, |text| {
        if field == "gone" {
            let at = text.rfind(",{\"slot_id\"").unwrap();
            let end = at + text[at..].find(']').unwrap();
            return format!("{}{}", &text[..at], &text[end..]);
        }
        let exchanged = |text: &str, field: &str| {
            let [one, two] = values(text, field)[..] else { panic!("two slots") };
            text.replace(one, "\0").replace(two, one).replace('\0', two)
        };
        if field == "whole" {
            // Everything but whose it is.
            return ["slot_id", "salt", "drk", "osk"]
                .iter()
                .fold(text.to_owned(), |text, field| exchanged(&text, field));
        }
        exchanged(text, field)
    });
}

/// Cheaper, dearer, and so dear that no machine could: of the first slot or of both.
fn cost(t: &mut Touched<'_>) {
    let (m, passes, lanes) = [
        (8, 1, 1),
        (1024, 2, 1),
        (12 * 1024, 3, 1),
        (19 * 1024, 1, 1),
        (19 * 1024, 3, 1),
        (19 * 1024, 2, 2),
        (46 * 1024, 1, 1),
        (4 * 1024 * 1024, 3, 1),
        (19 * 1024, 1000, 1),
    ][t.dice.below(9)];
    let both = t.dice.below(2) == 0;
    keyring(t, |text| {
        let old = values(text, "cost")[0];
        let new = format!("{{\"m\":{m},\"t\":{passes},\"p\":{lanes}}}");
        if both { text.replace(old, &new) } else { text.replacen(old, &new, 1) }
    });
}

fn header(t: &mut Touched<'_>) {
    let (field, to) = [
        ("incarnation", "9"),
        ("generation", "99"),
        ("epoch", "2"),
        ("store_id", "\"01900000-0000-7000-8000-000000000001\""),
        ("device_id", "\"01900000-0000-7000-8000-000000000002\""),
        ("type", "\"pin\""),
        ("id", "\"argon2i\""),
    ][t.dice.below(7)];
    keyring(t, |text| {
        let old = format!("\"{field}\":{}", values(text, field)[0]);
        text.replacen(&old, &format!("\"{field}\":{to}"), 1)
    });
}
