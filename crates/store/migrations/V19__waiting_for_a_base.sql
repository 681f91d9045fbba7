-- How many events of a stream wait for what they rest on (`base`); a stream where none does has no row.
CREATE TABLE waits (
  case_id BLOB PRIMARY KEY,
  n       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
