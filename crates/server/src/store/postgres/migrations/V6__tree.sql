-- Hashes of whole subtrees of the region's tree (RFC 6962) over its events: derived from `event`, made again when
-- they are missing, so that a proof never reads the whole order.
CREATE TABLE tree_tile (
  region_id TEXT COLLATE "C" NOT NULL, level BIGINT NOT NULL,   -- 1 = 256 leaves, 2 = 256 of those, ...
  idx BIGINT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (region_id, level, idx)
);

-- The newest tree head each desk said it has seen; shown to the other desks.
CREATE TABLE tree_seen (
  region_id TEXT COLLATE "C" NOT NULL, device_id TEXT COLLATE "C" NOT NULL,
  head TEXT NOT NULL, signature TEXT NOT NULL, seen_at BIGINT NOT NULL,
  PRIMARY KEY (region_id, device_id)
);
