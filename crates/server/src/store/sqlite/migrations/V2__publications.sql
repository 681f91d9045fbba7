-- What the region publishes to its desks: calendars, papers, cards. Signed; never changed, only followed by a
-- higher version.
CREATE TABLE publication (
  region_id TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
  label TEXT NOT NULL,                           -- the version as people say it
  holds_from TEXT NOT NULL,                      -- yyyy-mm-dd
  published_at INTEGER NOT NULL, published_by TEXT NOT NULL,
  hash TEXT NOT NULL,                            -- SHA-256 of `signed`, hex
  signed TEXT NOT NULL, signature TEXT NOT NULL,
  PRIMARY KEY (region_id, kind, name, version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX publication_by_hash ON publication (region_id, hash);
