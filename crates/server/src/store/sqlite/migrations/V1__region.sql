-- The region's tables. `region_id` leads every key, so that the same shape can be sharded by region.
-- Times are milliseconds since 1970 in UTC; ids are text; hashes are lower-case hex.

CREATE TABLE region (
  region_id   TEXT NOT NULL PRIMARY KEY,
  name_kk     TEXT NOT NULL,
  name_ru     TEXT NOT NULL,
  device_id   TEXT NOT NULL,          -- the region as author
  incarnation INTEGER NOT NULL,
  key         TEXT NOT NULL,          -- public, base64; the private one is a file
  epoch       TEXT NOT NULL,          -- changes with every restore; also in a file beside the database
  created_at  INTEGER NOT NULL
) STRICT;

-- The only source of positions. Updated in the transaction of the events it counts.
CREATE TABLE region_head (
  region_id TEXT NOT NULL PRIMARY KEY,
  pos       INTEGER NOT NULL
) STRICT;

CREATE TABLE station (
  region_id TEXT NOT NULL, station_id TEXT NOT NULL,
  name_kk TEXT NOT NULL, name_ru TEXT NOT NULL,
  PRIMARY KEY (region_id, station_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrol_code (
  region_id TEXT NOT NULL, hash TEXT NOT NULL,   -- SHA-256 of the code; the code itself is nowhere
  station_id TEXT NOT NULL, expires_at INTEGER NOT NULL, used_by TEXT,
  PRIMARY KEY (region_id, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  region_id TEXT NOT NULL, device_id TEXT NOT NULL,
  station_id TEXT NOT NULL, key TEXT NOT NULL, incarnation INTEGER NOT NULL,
  revoked INTEGER NOT NULL DEFAULT 0,
  frozen INTEGER NOT NULL DEFAULT 0,             -- two copies were seen
  enrolled_at INTEGER NOT NULL,
  seen_at INTEGER, clock_offset_ms INTEGER, unsent INTEGER, version TEXT,
  PRIMARY KEY (region_id, device_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE officer (
  region_id TEXT NOT NULL, officer_id TEXT NOT NULL,
  station_id TEXT NOT NULL, device_id TEXT NOT NULL,
  card TEXT NOT NULL,                            -- JSON, `OfficerCard`
  revoked INTEGER NOT NULL DEFAULT 0,
  registered_at INTEGER NOT NULL,
  PRIMARY KEY (region_id, officer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX officer_by_station ON officer (region_id, station_id);
CREATE INDEX officer_by_device ON officer (region_id, device_id);

-- Next free number of a series.
CREATE TABLE series (
  region_id TEXT NOT NULL, station_id TEXT NOT NULL, year INTEGER NOT NULL, next INTEGER NOT NULL,
  PRIMARY KEY (region_id, station_id, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE lease (
  region_id TEXT NOT NULL, station_id TEXT NOT NULL, year INTEGER NOT NULL, from_n INTEGER NOT NULL,
  to_n INTEGER NOT NULL, device_id TEXT NOT NULL, given_at INTEGER NOT NULL,
  PRIMARY KEY (region_id, station_id, year, from_n)
) STRICT, WITHOUT ROWID;
CREATE INDEX lease_by_device ON lease (region_id, device_id, given_at);

-- Events in the region's order: the exact signed bytes, never changed.
CREATE TABLE event (
  region_id TEXT NOT NULL, pos INTEGER NOT NULL,
  event_id TEXT NOT NULL, case_id TEXT NOT NULL, kind TEXT NOT NULL,
  bytes TEXT NOT NULL, sig TEXT NOT NULL, hash TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (region_id, pos)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX event_by_id ON event (region_id, event_id);
CREATE INDEX event_by_case ON event (region_id, case_id, pos);
CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events are not changed'); END;
CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'events are not deleted'); END;

-- What was said of each event of each device; the proof that no sequence was skipped.
CREATE TABLE device_log (
  region_id TEXT NOT NULL, device_id TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL,
  hash TEXT NOT NULL, event_id TEXT,
  pos INTEGER,                                   -- accepted at
  rejected INTEGER NOT NULL DEFAULT 0,           -- 1 rejected, 0 quarantined, when there is a code
  code TEXT,
  bytes TEXT, sig TEXT,                          -- only of an event that is not in the order
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (region_id, device_id, incarnation, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_log_aside ON device_log (region_id, recorded_at) WHERE code IS NOT NULL;

CREATE TABLE device_head (
  region_id TEXT NOT NULL, device_id TEXT NOT NULL, incarnation INTEGER NOT NULL,
  seq INTEGER NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (region_id, device_id, incarnation)
) STRICT, WITHOUT ROWID;

-- Branches of a device that was seen twice. Kept for a person to decide.
CREATE TABLE fork (
  region_id TEXT NOT NULL, device_id TEXT NOT NULL, hash TEXT NOT NULL,
  bytes TEXT NOT NULL, sig TEXT NOT NULL, recorded_at INTEGER NOT NULL,
  PRIMARY KEY (region_id, device_id, hash)
) STRICT, WITHOUT ROWID;

-- One feed per addressee, written in the event's own transaction.
CREATE TABLE feed (
  region_id TEXT NOT NULL, scope TEXT NOT NULL, pos INTEGER NOT NULL,
  PRIMARY KEY (region_id, scope, pos)
) STRICT, WITHOUT ROWID;

-- Which event names which file.
CREATE TABLE event_file (
  region_id TEXT NOT NULL, hash TEXT NOT NULL, pos INTEGER NOT NULL,
  PRIMARY KEY (region_id, hash, pos)
) STRICT, WITHOUT ROWID;

CREATE TABLE clerk (
  region_id TEXT NOT NULL, login TEXT NOT NULL,
  name TEXT NOT NULL, agency TEXT NOT NULL, password_hash TEXT NOT NULL,
  revoked INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (region_id, login)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  region_id TEXT NOT NULL, token_hash TEXT NOT NULL,
  login TEXT NOT NULL, csrf TEXT NOT NULL, seen_at INTEGER NOT NULL,
  PRIMARY KEY (region_id, token_hash)
) STRICT, WITHOUT ROWID;

-- Referrals addressed to agencies: a projection, rewritten from the fold in the event's transaction.
CREATE TABLE request (
  region_id TEXT NOT NULL, referral_id TEXT NOT NULL,
  case_id TEXT NOT NULL, agency TEXT NOT NULL, station_id TEXT NOT NULL,
  answer_due TEXT,                               -- yyyy-mm-dd
  state TEXT NOT NULL,
  doc TEXT NOT NULL,                             -- JSON, `RequestDoc`
  PRIMARY KEY (region_id, referral_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_by_agency ON request (region_id, agency, state, answer_due);
