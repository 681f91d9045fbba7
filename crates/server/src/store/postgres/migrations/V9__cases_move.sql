-- A case came into a feed or left it: what desks that follow the feed are told at that position (docs/adr/0046).
CREATE TABLE case_move (
  region_id TEXT COLLATE "C" NOT NULL, scope TEXT COLLATE "C" NOT NULL, pos BIGINT NOT NULL, case_id TEXT COLLATE "C" NOT NULL,
  from_pos BIGINT NOT NULL, entered BOOLEAN NOT NULL,
  PRIMARY KEY (region_id, scope, pos, case_id)
);
