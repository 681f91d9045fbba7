-- Projection: one line per stream beside the cases: a hand-over of a shift, an address of a beat, a day
-- of rounds (adr/0014). What is in a restricted circle is read by its owner alone.
CREATE TABLE aside_row (
  case_id   BLOB PRIMARY KEY,
  kind      TEXT NOT NULL,             -- shift, place, day
  owner     BLOB NOT NULL,             -- who opened the stream
  open      INTEGER NOT NULL,          -- 1 = for everybody at the station
  at        INTEGER NOT NULL,
  aside     TEXT NOT NULL,             -- JSON
  folder_version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX aside_of_kind ON aside_row (kind, at);
