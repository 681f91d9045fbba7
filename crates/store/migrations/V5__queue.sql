-- Projection: one line per place in the hall's queue. Layers as in case_row: 1 has the restricted
-- words of a ticket for those who may know of them.
CREATE TABLE queue_row (
  case_id   BLOB NOT NULL,
  layer     INTEGER NOT NULL,
  mixed     INTEGER NOT NULL,
  day       TEXT NOT NULL,             -- of joining, Almaty time: yesterday's line is over by itself
  desk      TEXT NOT NULL,
  n         INTEGER NOT NULL,
  urgent    INTEGER NOT NULL,
  joined_at INTEGER NOT NULL,
  left      INTEGER NOT NULL,
  ticket    TEXT NOT NULL,             -- JSON
  folder_version INTEGER NOT NULL,
  PRIMARY KEY (case_id, layer)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_of_day ON queue_row (day, desk, n);
