-- The desk's database, first shape. Ids are 16 raw bytes, times are milliseconds since 1970 UTC,
-- days are ISO text. Everything but event, draft, journal and the desk's own settings can be rebuilt
-- from event.

-- Settings and small states of the desk, JSON values.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Officers this desk knows: its own and those whose signatures it meets in the feed.
CREATE TABLE officer (
  id       BLOB PRIMARY KEY,
  name     TEXT NOT NULL,
  post     TEXT NOT NULL,
  role     TEXT NOT NULL,
  station  TEXT NOT NULL,
  key      TEXT NOT NULL,              -- Ed25519, base64
  circles  TEXT NOT NULL DEFAULT '[]', -- JSON list of circle names
  revoked  INTEGER NOT NULL DEFAULT 0,
  local    INTEGER NOT NULL DEFAULT 0, -- 1 = signs in at this desk
  settings TEXT NOT NULL DEFAULT '{}'  -- language, theme and the like, JSON
) STRICT, WITHOUT ROWID;

-- Last event of each life of this device; the chain goes on from here.
CREATE TABLE own_head (
  incarnation INTEGER PRIMARY KEY,
  device_id   BLOB NOT NULL,
  seq         INTEGER NOT NULL,
  hash        BLOB NOT NULL
) STRICT;

-- The log. Insert-only; the signed bytes are kept verbatim for ever.
CREATE TABLE event (
  seq          INTEGER PRIMARY KEY,    -- order of arrival here; means nothing elsewhere
  id           BLOB NOT NULL UNIQUE,
  case_id      BLOB NOT NULL,
  device_id    BLOB NOT NULL,
  incarnation  INTEGER NOT NULL,
  device_seq   INTEGER NOT NULL,
  kind         TEXT NOT NULL,
  actor_id     BLOB NOT NULL,
  circle       TEXT NOT NULL,
  occurred_at  INTEGER NOT NULL,
  bytes        TEXT NOT NULL,          -- exactly what was signed
  sig          BLOB NOT NULL,
  hash         BLOB NOT NULL,
  -- the region's columns: the only ones that may change
  pos          INTEGER,
  recorded_at  INTEGER,
  verdict      TEXT CHECK (verdict IN ('accepted', 'rejected', 'quarantined')),
  verdict_code TEXT,
  UNIQUE (device_id, incarnation, device_seq)
) STRICT;
CREATE INDEX event_of_case ON event (case_id);
-- The outbox is a question, not a table: own events without a verdict.
CREATE INDEX event_unsent ON event (incarnation, device_seq) WHERE verdict IS NULL;

CREATE TRIGGER event_stays BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_is_final
BEFORE UPDATE OF seq, id, case_id, device_id, incarnation, device_seq, kind, actor_id, circle,
  occurred_at, bytes, sig, hash ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;

-- What came through the feed and could not be taken; set aside, never in the way.
CREATE TABLE poison (
  id     INTEGER PRIMARY KEY,
  scope  TEXT NOT NULL,
  pos    INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  bytes  TEXT NOT NULL,
  sig    TEXT NOT NULL,
  reason TEXT NOT NULL,
  UNIQUE (scope, pos)
) STRICT;

-- How far each feed was read; moves in the transaction of the rows it covers.
CREATE TABLE cursor (
  scope TEXT PRIMARY KEY,
  pos   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Projection: one line per case (number set) or per visit (number null).
-- Layers, here and in the tables below, keep restricted parts of a case from those who may not know
-- of them (settled.md 3). 0: the case without its restricted parts. 1: with all of them, for those
-- who may see all. Only a case with restricted parts (mixed = 1) has a line in layer 1.
CREATE TABLE case_row (
  case_id        BLOB NOT NULL,
  layer          INTEGER NOT NULL,
  mixed          INTEGER NOT NULL,
  circle         TEXT NOT NULL,
  author         BLOB NOT NULL,
  station        TEXT NOT NULL,
  number         TEXT,
  ext_number     TEXT,
  title          TEXT NOT NULL,
  category       TEXT,
  address        TEXT NOT NULL,
  applicant      TEXT NOT NULL,
  opened_at      INTEGER,
  first_at       INTEGER NOT NULL,
  last_at        INTEGER NOT NULL,
  closed_at      INTEGER,
  phase          TEXT NOT NULL,        -- advice, crime, ours, agency, region, closed
  next_due       TEXT,
  needs_review   INTEGER NOT NULL,
  refused        INTEGER NOT NULL,
  folder_version INTEGER NOT NULL,
  PRIMARY KEY (case_id, layer)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_by_first ON case_row (first_at, case_id, layer);

CREATE INDEX case_refused ON case_row (refused) WHERE refused > 0;

-- The restricted parts of a case: who may know of each.
CREATE TABLE case_secret (
  case_id BLOB NOT NULL,
  circle  TEXT NOT NULL,
  author  BLOB NOT NULL,
  PRIMARY KEY (case_id, circle, author)
) STRICT, WITHOUT ROWID;

-- What somebody still owes: the rows of the control board.
-- Layer 0: for all who see the case. 1: for those who see all of it. 2: for those who do not.
-- 3: for those who see this very referral.
CREATE TABLE obligation (
  case_id     BLOB NOT NULL,
  n           INTEGER NOT NULL,
  layer       INTEGER NOT NULL,
  what        TEXT NOT NULL,
  waiting_on  TEXT NOT NULL,
  due         TEXT NOT NULL,           -- '9999-12-31' when no promise was made
  since       INTEGER NOT NULL,
  agency      TEXT,
  category    TEXT,
  circle      TEXT NOT NULL,           -- of the referral, for layer 3
  author      BLOB NOT NULL,
  case_circle TEXT NOT NULL,
  case_author BLOB NOT NULL,
  body        TEXT NOT NULL,           -- the obligation and its referral's stamps, JSON
  PRIMARY KEY (case_id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX obligation_board ON obligation (due, since, case_id, n);
CREATE INDEX obligation_waiting ON obligation (waiting_on, due, since, case_id, n);
-- The few lines that are not for everybody.
CREATE INDEX obligation_restricted ON obligation (case_id) WHERE layer <> 0 OR case_circle <> 'open';

-- How many lines of the board everybody may see, by last day: maintained with them, so that counting
-- the board costs a few hundred days, not its rows. Lines that are not for everybody are counted when
-- somebody asks.
CREATE TABLE owed_count (
  due        TEXT NOT NULL,
  waiting_on TEXT NOT NULL,
  n          INTEGER NOT NULL,
  PRIMARY KEY (due, waiting_on)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER owed_more AFTER INSERT ON obligation WHEN NEW.layer = 0 AND NEW.case_circle = 'open'
BEGIN
  INSERT INTO owed_count (due, waiting_on, n) VALUES (NEW.due, NEW.waiting_on, 1)
  ON CONFLICT (due, waiting_on) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER owed_less AFTER DELETE ON obligation WHEN OLD.layer = 0 AND OLD.case_circle = 'open'
BEGIN
  UPDATE owed_count SET n = n - 1 WHERE due = OLD.due AND waiting_on = OLD.waiting_on;
END;

-- Exact keys, written with the save: a saved case is found at once by number, phone, IIN and name.
CREATE TABLE find_key (
  kind    INTEGER NOT NULL,            -- 1 number, 2 number backwards, 3 phone, 4 iin, 5 name, 6 place
  key     TEXT NOT NULL,
  case_id BLOB NOT NULL,
  layer   INTEGER NOT NULL,
  PRIMARY KEY (kind, key, case_id, layer)
) STRICT, WITHOUT ROWID;
CREATE INDEX find_key_of_case ON find_key (case_id);

-- Unfinished intakes, a row each; no event knows of them.
CREATE TABLE draft (
  id         BLOB PRIMARY KEY,
  officer_id BLOB NOT NULL,
  updated_at INTEGER NOT NULL,
  body       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_of_officer ON draft (officer_id, updated_at);

-- Blocks of register numbers that only this desk may use.
CREATE TABLE lease (
  station TEXT NOT NULL,
  year    INTEGER NOT NULL,
  first   INTEGER NOT NULL,
  last    INTEGER NOT NULL,
  next    INTEGER NOT NULL,
  PRIMARY KEY (station, year, first)
) STRICT, WITHOUT ROWID;

-- Who looked at what.
CREATE TABLE journal (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  officer BLOB NOT NULL,
  action  TEXT NOT NULL,
  subject TEXT NOT NULL
) STRICT;
CREATE TRIGGER journal_stays BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER journal_is_final BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;

-- Full text. One document per case and layer; the text itself is not kept twice.
-- indexed = 0 marks what the indexer has not reached yet: search reads those lines directly.
CREATE TABLE doc (
  id      INTEGER PRIMARY KEY,    -- also the row of the index; lines are never deleted one by one
  case_id BLOB NOT NULL,
  layer   INTEGER NOT NULL,
  indexed INTEGER NOT NULL,
  UNIQUE (case_id, layer)
) STRICT;
CREATE INDEX doc_pending ON doc (id) WHERE indexed = 0;

CREATE VIRTUAL TABLE doc_text USING fts5 (
  words, content = '', contentless_delete = 1, prefix = '2 3 4',
  tokenize = "unicode61 remove_diacritics 0"
);
-- Every word of the index, and the same with one letter missing: how a mistyped word finds its own.
CREATE TABLE near_word (
  less TEXT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (less, word)
) STRICT, WITHOUT ROWID;
-- Names, numbers and phones, for a part from the middle.
CREATE VIRTUAL TABLE doc_part USING fts5 (
  parts, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram'
);
