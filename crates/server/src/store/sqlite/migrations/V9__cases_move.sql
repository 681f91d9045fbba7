-- A case came into a feed or left it: what desks that follow the feed are told at that position (docs/adr/0046).
CREATE TABLE case_move (
  region_id TEXT NOT NULL, scope TEXT NOT NULL, pos INTEGER NOT NULL, case_id TEXT NOT NULL,
  from_pos INTEGER NOT NULL, entered INTEGER NOT NULL,
  PRIMARY KEY (region_id, scope, pos, case_id)
) STRICT, WITHOUT ROWID;
