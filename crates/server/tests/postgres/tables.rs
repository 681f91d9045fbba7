//! The contract, the shape of the tables, and the settings a database must have.

use crate::common::engine::{Place, url};
use esik_server::store::postgres::{Address, CASE_EVENTS, COUPONS, PostgresStore};
use esik_server::store::{Store, StoreError, contract};
use esik_testkit::cluster::{sql, try_sql};
use std::sync::Arc;

/// S3 (part), S8 (part).
#[test]
fn postgres_keeps_the_contract() {
    contract::all(&|| {
        Arc::new(PostgresStore::open(&Place::new().address(), "akmola").unwrap()) as Arc<dyn Store>
    });
}

/// B13 (part): a table or column that is added later is in every backup, or this fails.
#[test]
fn every_table_and_column_is_told_in_a_copy() {
    let place = Place::new();
    PostgresStore::open(&place.address(), "akmola").unwrap();
    let mut there = place.sql(&format!(
        "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid=c.oid
         WHERE c.relnamespace='{}'::regnamespace AND c.relkind IN ('r','p') AND NOT c.relispartition
           AND a.attnum>0 AND NOT a.attisdropped AND a.attname<>'region_id'
           AND c.relname NOT LIKE 'refinery_%' AND c.relname NOT IN ('session','event_key','coupon','tree_tile','tree_seen')",
        place.0
    ));
    there.sort();
    assert_eq!(there, crate::common::engine::told_columns());
}

#[test]
fn the_region_leads_every_key() {
    let place = Place::new();
    PostgresStore::open(&place.address(), "akmola").unwrap();
    let keys = place.sql(&format!(
        "SELECT c.relname || ' ' || a.attname
         FROM pg_index i JOIN pg_class c ON c.oid=i.indexrelid
         JOIN pg_class t ON t.oid=i.indrelid
         JOIN pg_attribute a ON a.attrelid=i.indrelid AND a.attnum=i.indkey[0]
         WHERE i.indisunique AND c.relnamespace='{}'::regnamespace
           AND t.relname NOT LIKE 'refinery_%'",
        place.0
    ));
    assert!(keys.len() > 15, "{keys:?}");
    for key in keys {
        assert!(key.ends_with(" region_id"), "{key}");
    }
    let forbidden = place.sql(&format!(
        "SELECT tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid=t.tgrelid
           WHERE c.relnamespace='{0}'::regnamespace
         UNION ALL SELECT relname::text FROM pg_class
           WHERE relkind='S' AND relnamespace='{0}'::regnamespace
         UNION ALL SELECT conname::text FROM pg_constraint
           WHERE contype IN ('f','x') AND connamespace='{0}'::regnamespace",
        place.0
    ));
    assert!(forbidden.is_empty(), "a trigger, a sequence or a foreign key: {forbidden:?}");
}

/// B32 (part): what the status page asks is found by its keys, however many coupons and events there are.
#[test]
fn the_status_page_asks_by_its_keys() {
    let place = Place::new();
    PostgresStore::open(&place.address(), "akmola").unwrap();
    place.sql(
        "INSERT INTO coupon SELECT 'akmola', 'ESK-07-2026-' || n, md5(n::text), 'C', 'S'
           FROM generate_series(1, 20000) n;
         INSERT INTO event_key SELECT 'akmola', 'e' || n, md5((n / 4)::text), n, 'h'
           FROM generate_series(1, 20000) n;
         ANALYZE coupon; ANALYZE event_key",
    );
    let ask = |sql: &str, with: &[&str]| {
        let asked = with
            .iter()
            .zip(1..)
            .fold(sql.to_owned(), |sql, (value, n)| sql.replace(&format!("${n}"), value));
        place.sql(&format!("EXPLAIN {asked}")).join("\n")
    };
    let coupons = ask(COUPONS, &["'akmola'", "'ESK-07-2026-77'", "8"]);
    assert!(coupons.contains("Index Scan using coupon_pkey"), "{coupons}");
    let events = ask(CASE_EVENTS, &["'akmola'", "md5('77')"]);
    assert!(
        events.contains("event_key_by_case") && !events.contains("Seq Scan on event_key"),
        "{events}"
    );
    assert!(!coupons.contains("Seq Scan") && !coupons.contains("Sort"), "{coupons}");
}

#[test]
fn an_event_cannot_be_changed_or_deleted() {
    let place = Place::new();
    let store = PostgresStore::open(&place.address(), "akmola").unwrap();
    contract::feeds_are_paged_and_separate(Arc::new(store));
    let partition = "event_p0_1000000";
    for statement in ["DELETE FROM", "TRUNCATE"] {
        for table in ["event", "event_key", partition] {
            let said = try_sql(&place.url(), &format!("{statement} {table}")).unwrap_err();
            assert!(said.contains("permission denied"), "{said}");
        }
    }
    for table in ["event", "event_key", partition] {
        let said = try_sql(&place.url(), &format!("UPDATE {table} SET hash='x'")).unwrap_err();
        assert!(said.contains("permission denied"), "{said}");
    }
}

#[test]
fn both_engines_have_the_same_migrations() {
    let list = |engine: &str| {
        let dir = format!("{}/src/store/{engine}/migrations", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<_> =
            std::fs::read_dir(dir).unwrap().map(|f| f.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(list("postgres"), list("sqlite"));
}

#[test]
fn partitions_are_made_ahead_of_the_events() {
    let place = Place::new();
    let store = Arc::new(PostgresStore::open_with(&place.address(), "akmola", 10).unwrap());
    let names = "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid=i.inhrelid
                 WHERE i.inhparent='event'::regclass ORDER BY c.oid";
    assert_eq!(place.sql(names), ["event_p0_10", "event_p10_20"]);
    contract::the_order_has_no_gap_under_many_writers(&(store as Arc<dyn Store>));
    let now = place.sql(names);
    // A hundred events, and a whole empty partition beyond the last.
    assert_eq!(now.last().map(String::as_str), Some("event_p110_120"), "{now:?}");
    // A server that is started with another size goes on where the last one ends.
    PostgresStore::open_with(&place.address(), "akmola", 1000).unwrap();
    assert_eq!(place.sql(names).last().map(String::as_str), Some("event_p120_1120"));
}

#[test]
fn nothing_waits_for_ever() {
    let place = Place::new();
    let store = PostgresStore::open(&place.address(), "akmola").unwrap();
    let setting = |name: &str| store.setting(name).unwrap();
    assert_eq!(setting("statement_timeout"), "30s");
    assert_eq!(setting("lock_timeout"), "5s");
    assert_eq!(setting("idle_in_transaction_session_timeout"), "10s");
    assert_eq!(setting("transaction_isolation"), "read committed");
}

/// The tables are brought up to date for as long as it takes, minutes in a large region: a step may write every event.
#[test]
fn bringing_a_region_up_to_date_may_take_its_time() {
    let place = Place::new();
    // The list that each step is noted in, in the step's own transaction, notes what limit was in force too.
    place.sql(
        "CREATE TABLE refinery_schema_history (version INT4 PRIMARY KEY, name VARCHAR(255),
           applied_on VARCHAR(255), checksum VARCHAR(255),
           timeout TEXT DEFAULT current_setting('statement_timeout'))",
    );
    PostgresStore::open(&place.address(), "akmola").unwrap();
    assert_eq!(place.sql("SELECT DISTINCT timeout FROM refinery_schema_history"), ["0"]);
}

/// A database of its own, with a setting or an encoding that loses or spoils what is saved.
fn refused(name: &str, with: &str, then: &str) -> String {
    let name = format!("t_{}_{name}", std::process::id());
    sql(&url(), &format!("CREATE DATABASE {name} {with}"));
    if !then.is_empty() {
        sql(&url(), &then.replace("{}", &name));
    }
    let (server, _) = url().rsplit_once('/').map(|(s, d)| (s.to_owned(), d.to_owned())).unwrap();
    let address = Address::parse(&format!("{server}/{name}"), None).unwrap();
    let said = PostgresStore::open(&address, "akmola").map(|_| ()).unwrap_err();
    sql(&url(), &format!("DROP DATABASE {name} WITH (FORCE)"));
    match said {
        StoreError::Unfit(why) => why,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn a_database_that_could_lose_or_spoil_events_is_refused() {
    let why = refused("async", "", "ALTER DATABASE {} SET synchronous_commit = off");
    assert!(why.contains("synchronous_commit = on"), "{why}");
    let why = refused("ascii", "ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0", "");
    assert!(why.contains("UTF8"), "{why}");
    let why = refused("closed", "", "ALTER DATABASE {} SET default_transaction_read_only = on");
    assert!(why.contains("read-only"), "{why}");
}

#[test]
fn nobody_at_the_address_is_an_error_not_a_wait() {
    let address = Address::parse("postgres://esik@127.0.0.1:1/esik", None).unwrap();
    let said = PostgresStore::open(&address, "akmola").map(|_| ()).unwrap_err();
    assert!(matches!(said, StoreError::Busy | StoreError::Engine(_)), "{said:?}");
}
