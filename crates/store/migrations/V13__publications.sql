-- What the region published: every version that came here, in its exact signed text. The highest one whose day
-- has come holds.
CREATE TABLE publication (
  kind         TEXT NOT NULL,
  name         TEXT NOT NULL,
  version      INTEGER NOT NULL,
  label        TEXT NOT NULL,
  holds_from   TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  published_by TEXT NOT NULL,
  received_at  INTEGER NOT NULL,
  -- When it first held here; null = its day has not come, or this program cannot use it.
  held_since   INTEGER,
  -- Why this program cannot use it; empty = it can.
  fault        TEXT NOT NULL,
  -- The program that looked at it last.
  checked_by   TEXT NOT NULL,
  hash         TEXT NOT NULL,
  signed       TEXT NOT NULL,
  signature    TEXT NOT NULL,
  PRIMARY KEY (kind, name, version)
) STRICT, WITHOUT ROWID;

-- Days that another calendar moved are listed by themselves; they are few.
ALTER TABLE obligation ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;
CREATE INDEX obligation_moved ON obligation (due, since, case_id, n) WHERE moved = 1;
