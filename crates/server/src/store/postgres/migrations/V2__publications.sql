-- What the region publishes to its desks: calendars, papers, cards. Signed; never changed, only followed by a
-- higher version.
CREATE TABLE publication (
  region_id TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  label TEXT NOT NULL,                           -- the version as people say it
  holds_from TEXT COLLATE "C" NOT NULL,          -- yyyy-mm-dd
  published_at BIGINT NOT NULL, published_by TEXT NOT NULL,
  hash TEXT COLLATE "C" NOT NULL,                -- SHA-256 of `signed`, hex
  signed TEXT NOT NULL, signature TEXT NOT NULL,
  PRIMARY KEY (region_id, kind, name, version)
);
CREATE UNIQUE INDEX publication_by_hash ON publication (region_id, hash);
