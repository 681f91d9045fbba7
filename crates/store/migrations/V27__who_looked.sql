-- What an officer looked at and what is not yet signed: a few lines of some minutes (adr/0057). They go with the
-- transaction that signs them.
CREATE TABLE look_waiting (
  id      INTEGER PRIMARY KEY,
  officer BLOB NOT NULL,
  at      INTEGER NOT NULL,
  circle  TEXT NOT NULL,
  look    TEXT NOT NULL               -- JSON
) STRICT;
CREATE INDEX look_waiting_of ON look_waiting (officer, id);
-- Projection: which records of looks are about a case. The looks themselves are in aside_row.
CREATE TABLE look_row (
  subject BLOB NOT NULL,              -- the case looked at
  stream  BLOB NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (subject, stream)
) STRICT, WITHOUT ROWID;
CREATE INDEX look_row_of_stream ON look_row (stream);
