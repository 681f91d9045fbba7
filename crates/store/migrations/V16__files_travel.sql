-- How far an attached file has come on its way, by its address. No row: it waits to go, or nobody asked for it.
CREATE TABLE travel (
  address     TEXT PRIMARY KEY NOT NULL,
  arrived     INTEGER NOT NULL DEFAULT 0,   -- the region has the whole file, verified
  asked       INTEGER NOT NULL DEFAULT 0,   -- an officer here wants it
  done        INTEGER NOT NULL DEFAULT 0,   -- chunks that are over
  chunks      INTEGER NOT NULL DEFAULT 0,   -- of so many
  missing     INTEGER NOT NULL DEFAULT 0,   -- the region said that it has not got it yet
  again_at    INTEGER,                      -- not tried before; milliseconds
  why         TEXT                          -- code of what kept it
) STRICT, WITHOUT ROWID;
