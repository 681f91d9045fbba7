//! Filling the full-text index, after the save and outside its transaction.

use super::near;
use crate::db::Tx;
use crate::error::Result;
use crate::log;
use crate::project::{Layer, project};
use crate::sql;
use esik_domain::case::CaseState;
use esik_domain::fold::Entry;
use esik_domain::ids::CaseId;
use esik_domain::text::Terms;
use rusqlite::Connection;
use std::collections::HashSet;

/// What of a case is indexed: words, and the parts people remember the middle of.
pub(crate) struct Document {
    pub words: String,
    pub parts: String,
}

impl Document {
    fn of(case: &CaseState, terms: &mut Terms) -> Self {
        let mut text = String::new();
        let mut parts = String::new();
        let mut add = |piece: &str| {
            text.push_str(piece);
            text.push('\n');
        };
        add(&case.title);
        add(&case.narrative);
        for i in &case.issues {
            add(&i.text);
        }
        if let Some(a) = &case.address {
            add(&a.text);
        }
        for a in &case.advice {
            add(&a.text);
        }
        for r in &case.referrals {
            add(&r.text);
            add(r.incoming_number.as_deref().unwrap_or_default());
            if let Some(answer) = &r.answered {
                add(&answer.text);
            }
        }
        for t in &case.tasks {
            add(&t.text);
            add(&t.result);
        }
        for c in &case.contacts {
            add(&c.text);
        }
        for s in &case.said {
            add(&s.text);
        }
        if let Some(c) = &case.closed {
            add(&c.text);
        }
        for p in case.parties.iter().map(|p| &p.party) {
            add(&p.full_name());
            add(&p.organisation);
            add(&super::keys::phone_key(&p.phone));
            add(&super::keys::digits(&p.iin));
        }
        for number in case.number.iter().chain(&case.ext_number) {
            add(number);
        }
        for key in super::keys::keys_of(case) {
            if super::keys::PARTS.contains(&key.kind) {
                parts.push_str(&key.text);
                parts.push('\n');
            }
        }
        Self { words: terms.of(&text), parts }
    }
}

/// The document of one case in one layer; `None` when that layer holds nothing any more.
pub(crate) fn document(
    conn: &Connection,
    terms: &mut Terms,
    case_id: CaseId,
    layer: i64,
) -> Result<Option<Document>> {
    let entries: Vec<Entry> =
        log::case_entries(conn, case_id)?.into_iter().map(|e| e.entry).collect();
    let Some(p) = project(&entries, &crate::publications::calendars(conn)?) else {
        return Ok(None);
    };
    Ok(p.views().into_iter().find(|(l, _)| *l as i64 == layer).map(|(l, state)| {
        debug_assert!(matches!(l, Layer::All | Layer::Whole));
        Document::of(state, terms)
    }))
}

/// Indexes up to `limit` waiting documents; tells how many it did.
pub(crate) fn index_pending(tx: &Tx<'_>, limit: u32) -> Result<u64> {
    let waiting: Vec<(i64, CaseId, i64)> = {
        let mut statement = tx.prepare_cached(
            "SELECT id, case_id, layer FROM doc WHERE indexed = 0 ORDER BY id LIMIT ?1",
        )?;
        let mut rows = statement.query([limit])?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            out.push((row.get(0)?, CaseId(sql::uuid(row, 1)?), row.get(2)?));
        }
        out
    };
    // Most words of a batch are met again in it.
    let (mut terms, mut learned) = (Terms::default(), HashSet::new());
    for (id, case_id, layer) in &waiting {
        tx.prepare_cached("DELETE FROM doc_text WHERE rowid = ?1")?.execute([id])?;
        tx.prepare_cached("DELETE FROM doc_part WHERE rowid = ?1")?.execute([id])?;
        if let Some(d) = document(tx, &mut terms, *case_id, *layer)? {
            tx.prepare_cached("INSERT INTO doc_text (rowid, words) VALUES (?1, ?2)")?
                .execute((id, &d.words))?;
            tx.prepare_cached("INSERT INTO doc_part (rowid, parts) VALUES (?1, ?2)")?
                .execute((id, &d.parts))?;
            for word in d.words.split(' ') {
                if !learned.contains(word) {
                    near::learn(tx, word)?;
                    learned.insert(word.to_owned());
                }
            }
        }
        tx.prepare_cached("UPDATE doc SET indexed = 1 WHERE id = ?1")?.execute([id])?;
    }
    Ok(waiting.len() as u64)
}

/// Empties the index and marks everything as waiting: after a change of folding or stems.
pub(crate) fn clear_index(tx: &Tx<'_>) -> Result<()> {
    tx.execute_batch(
        "INSERT INTO doc_text (doc_text) VALUES ('delete-all');
         INSERT INTO doc_part (doc_part) VALUES ('delete-all');
         DELETE FROM near_word;
         UPDATE doc SET indexed = 0;",
    )?;
    Ok(())
}
