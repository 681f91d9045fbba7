-- Hashes of whole subtrees of the region's tree (RFC 6962) over its events: derived from `event`, made again when
-- they are missing, so that a proof never reads the whole order.
CREATE TABLE tree_tile (
  region_id TEXT NOT NULL, level INTEGER NOT NULL,   -- 1 = 256 leaves, 2 = 256 of those, ...
  idx INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (region_id, level, idx)
) STRICT, WITHOUT ROWID;

-- The newest tree head each desk said it has seen; shown to the other desks.
CREATE TABLE tree_seen (
  region_id TEXT NOT NULL, device_id TEXT NOT NULL,
  head TEXT NOT NULL, signature TEXT NOT NULL, seen_at INTEGER NOT NULL,
  PRIMARY KEY (region_id, device_id)
) STRICT, WITHOUT ROWID;
