//! `policy::sees` as SQL: the one place where queries learn what an officer may know of.

use crate::error::Result;
use crate::sql;
use esik_domain::policy::Actor;
use esik_domain::round::OWN;

/// Condition on a row with `circle` and `author` columns: the officer may know of it.
/// Needs the parameters `:me` and `:circles`.
pub(crate) fn sees(circle: &str, author: &str) -> String {
    format!(
        "({circle} = 'open' OR {author} = :me
          OR {circle} IN (SELECT value FROM json_each(:circles)))"
    )
}

/// Condition on a case: the officer may know of every restricted part of it.
pub(crate) fn sees_whole(case_id: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM case_secret secret WHERE secret.case_id = {case_id}
          AND NOT {})",
        sees("secret.circle", "secret.author")
    )
}

/// Condition on `case_row c`: visible, and the right one of its layers.
pub(crate) fn case_line() -> String {
    format!(
        "({} AND (c.mixed = 0 OR c.layer = ({})))",
        sees("c.circle", "c.author"),
        sees_whole("c.case_id")
    )
}

/// Condition on `queue_row q`: every ticket is for everybody, in the right one of its layers.
pub(crate) fn ticket_line() -> String {
    format!("(q.mixed = 0 OR q.layer = ({}))", sees_whole("q.case_id"))
}

/// Condition on `obligation o`.
pub(crate) fn owed_line() -> String {
    format!(
        "({case} AND (o.layer = 0
           OR (o.layer = 3 AND {own})
           OR (o.layer = 1 AND {whole})
           OR (o.layer = 2 AND NOT {whole})))",
        case = sees("o.case_circle", "o.case_author"),
        own = sees("o.circle", "o.author"),
        whole = sees_whole("o.case_id"),
    )
}

/// The two parameters.
pub(crate) struct Eyes {
    pub me: Vec<u8>,
    pub circles: String,
}

impl Eyes {
    pub(crate) fn of(actor: &Actor) -> Result<Self> {
        Ok(Self {
            me: sql::id(&actor.id.0).to_vec(),
            // `open` is no membership, nor is the circle without members, nor an empty name.
            circles: serde_json::to_string(
                &actor.circles.iter().filter(|c| !c.is_empty() && *c != OWN).collect::<Vec<_>>(),
            )?,
        })
    }
}
