-- The region's tables. `region_id` leads every key, so that the same shape can be sharded by region;
-- no trigger, no sequence, no foreign key: what Citus and YugabyteDB accept.
-- Times are milliseconds since 1970 in UTC; ids are text; hashes are lower-case hex. Text is compared
-- byte by byte, whatever the locale of the database: two engines give the same order.

CREATE TABLE region (
  region_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name_kk     TEXT NOT NULL,
  name_ru     TEXT NOT NULL,
  device_id   TEXT NOT NULL,          -- the region as author
  incarnation BIGINT NOT NULL,
  key         TEXT NOT NULL,          -- public, base64; the private one is a file
  epoch       TEXT NOT NULL,          -- changes with every restore; also in a file beside the server
  created_at  BIGINT NOT NULL
);

-- The only source of positions. Compared and moved on at the end of the transaction of the events it counts.
CREATE TABLE region_head (
  region_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  pos       BIGINT NOT NULL
);

CREATE TABLE station (
  region_id TEXT COLLATE "C" NOT NULL, station_id TEXT COLLATE "C" NOT NULL,
  name_kk TEXT NOT NULL, name_ru TEXT NOT NULL,
  PRIMARY KEY (region_id, station_id)
);

CREATE TABLE enrol_code (
  region_id TEXT COLLATE "C" NOT NULL, hash TEXT COLLATE "C" NOT NULL,   -- SHA-256 of the code; the code itself is nowhere
  station_id TEXT NOT NULL, expires_at BIGINT NOT NULL, used_by TEXT,
  PRIMARY KEY (region_id, hash)
);

CREATE TABLE device (
  region_id TEXT COLLATE "C" NOT NULL, device_id TEXT COLLATE "C" NOT NULL,
  station_id TEXT NOT NULL, key TEXT NOT NULL, incarnation BIGINT NOT NULL,
  revoked BOOLEAN NOT NULL DEFAULT false,
  frozen BOOLEAN NOT NULL DEFAULT false,         -- two copies were seen
  enrolled_at BIGINT NOT NULL,
  seen_at BIGINT, clock_offset_ms BIGINT, unsent BIGINT, version TEXT,
  PRIMARY KEY (region_id, device_id)
);

CREATE TABLE officer (
  region_id TEXT COLLATE "C" NOT NULL, officer_id TEXT COLLATE "C" NOT NULL,
  station_id TEXT COLLATE "C" NOT NULL, device_id TEXT COLLATE "C" NOT NULL,
  card TEXT NOT NULL,                            -- JSON, `OfficerCard`
  revoked BOOLEAN NOT NULL DEFAULT false,
  registered_at BIGINT NOT NULL,
  PRIMARY KEY (region_id, officer_id)
);
CREATE INDEX officer_by_station ON officer (region_id, station_id);
CREATE INDEX officer_by_device ON officer (region_id, device_id);

-- Next free number of a series.
CREATE TABLE series (
  region_id TEXT COLLATE "C" NOT NULL, station_id TEXT COLLATE "C" NOT NULL, year BIGINT NOT NULL, next BIGINT NOT NULL,
  PRIMARY KEY (region_id, station_id, year)
);

CREATE TABLE lease (
  region_id TEXT COLLATE "C" NOT NULL, station_id TEXT COLLATE "C" NOT NULL, year BIGINT NOT NULL, from_n BIGINT NOT NULL,
  to_n BIGINT NOT NULL, device_id TEXT COLLATE "C" NOT NULL, given_at BIGINT NOT NULL,
  PRIMARY KEY (region_id, station_id, year, from_n)
);
CREATE INDEX lease_by_device ON lease (region_id, device_id, given_at);

-- Events in the region's order: the exact signed bytes, never changed. Partitions `event_p<from>_<to>`
-- are made ahead by the server.
CREATE TABLE event (
  region_id TEXT COLLATE "C" NOT NULL, pos BIGINT NOT NULL,
  event_id TEXT COLLATE "C" NOT NULL, case_id TEXT COLLATE "C" NOT NULL, kind TEXT NOT NULL,
  bytes TEXT NOT NULL, sig TEXT NOT NULL, hash TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (region_id, pos)
) PARTITION BY RANGE (pos);

-- Which ids are in the order, and where a case's events lie: not partitioned, so that an id stands once
-- and a case is found without asking every partition.
CREATE TABLE event_key (
  region_id TEXT COLLATE "C" NOT NULL, event_id TEXT COLLATE "C" NOT NULL,
  case_id TEXT COLLATE "C" NOT NULL, pos BIGINT NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (region_id, event_id)
);
CREATE INDEX event_key_by_case ON event_key (region_id, case_id, pos);

-- What was said of each event of each device; the proof that no sequence was skipped.
CREATE TABLE device_log (
  region_id TEXT COLLATE "C" NOT NULL, device_id TEXT COLLATE "C" NOT NULL, incarnation BIGINT NOT NULL, seq BIGINT NOT NULL,
  hash TEXT NOT NULL, event_id TEXT,
  pos BIGINT,                                    -- accepted at
  rejected BOOLEAN NOT NULL DEFAULT false,       -- rejected or else quarantined, when there is a code
  code TEXT,
  bytes BYTEA, sig BYTEA,                        -- only of an event that is not in the order; any bytes at all
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (region_id, device_id, incarnation, seq)
);
CREATE INDEX device_log_aside ON device_log (region_id, recorded_at) WHERE code IS NOT NULL;

CREATE TABLE device_head (
  region_id TEXT COLLATE "C" NOT NULL, device_id TEXT COLLATE "C" NOT NULL, incarnation BIGINT NOT NULL,
  seq BIGINT NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (region_id, device_id, incarnation)
);

-- Branches of a device that was seen twice. Kept for a person to decide.
CREATE TABLE fork (
  region_id TEXT COLLATE "C" NOT NULL, device_id TEXT COLLATE "C" NOT NULL, hash TEXT COLLATE "C" NOT NULL,
  bytes BYTEA NOT NULL, sig BYTEA NOT NULL, recorded_at BIGINT NOT NULL,
  PRIMARY KEY (region_id, device_id, hash)
);

-- One feed per addressee, written in the event's own transaction.
CREATE TABLE feed (
  region_id TEXT COLLATE "C" NOT NULL, scope TEXT COLLATE "C" NOT NULL, pos BIGINT NOT NULL,
  PRIMARY KEY (region_id, scope, pos)
);
CREATE INDEX feed_by_pos ON feed (region_id, pos);

-- Which event names which file.
CREATE TABLE event_file (
  region_id TEXT COLLATE "C" NOT NULL, hash TEXT COLLATE "C" NOT NULL, pos BIGINT NOT NULL,
  PRIMARY KEY (region_id, hash, pos)
);

CREATE TABLE clerk (
  region_id TEXT COLLATE "C" NOT NULL, login TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL, agency TEXT NOT NULL, password_hash TEXT NOT NULL,
  revoked BOOLEAN NOT NULL DEFAULT false,
  PRIMARY KEY (region_id, login)
);

CREATE TABLE session (
  region_id TEXT COLLATE "C" NOT NULL, token_hash TEXT COLLATE "C" NOT NULL,
  login TEXT COLLATE "C" NOT NULL, csrf TEXT NOT NULL, seen_at BIGINT NOT NULL,
  PRIMARY KEY (region_id, token_hash)
);

-- Referrals addressed to agencies: a projection, rewritten from the fold in the event's transaction.
CREATE TABLE request (
  region_id TEXT COLLATE "C" NOT NULL, referral_id TEXT COLLATE "C" NOT NULL,
  case_id TEXT NOT NULL, agency TEXT COLLATE "C" NOT NULL, station_id TEXT NOT NULL,
  answer_due TEXT COLLATE "C",                   -- yyyy-mm-dd
  state TEXT COLLATE "C" NOT NULL,
  doc TEXT NOT NULL,                             -- JSON, `RequestDoc`
  PRIMARY KEY (region_id, referral_id)
);
CREATE INDEX request_by_agency ON request (region_id, agency, state, answer_due);

-- Events are not changed and not deleted: not even the tables' owner, the server itself, may.
REVOKE UPDATE, DELETE, TRUNCATE ON event, event_key FROM CURRENT_USER;
