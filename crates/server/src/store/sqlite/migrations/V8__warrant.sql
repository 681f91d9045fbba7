-- The public halves of the region's warrant key, the newest last. The private half never comes here. `change` is the word
-- of the key before (JSON); NULL when it came by no such word. Nothing here is changed or removed.
CREATE TABLE warrant (
  region_id TEXT NOT NULL, n INTEGER NOT NULL, key TEXT NOT NULL, change TEXT, set_at INTEGER NOT NULL,
  PRIMARY KEY (region_id, n)
) STRICT, WITHOUT ROWID;
