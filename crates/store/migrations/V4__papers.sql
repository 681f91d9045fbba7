-- What was printed at this desk, so that it can be printed again as it was. Local, like the journal.

-- Words and layout of printed papers, once each.
CREATE TABLE paper_source (
  id     INTEGER PRIMARY KEY,
  source TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE paper (
  id       BLOB PRIMARY KEY,
  at       INTEGER NOT NULL,
  officer  BLOB NOT NULL,
  kind     TEXT NOT NULL,               -- template's id
  version  INTEGER NOT NULL,            -- template's version
  case_id  BLOB,                        -- null: a list of the desk, only for who printed it
  part     BLOB,                        -- the referral or the decision it is about
  circle   TEXT NOT NULL,
  author   BLOB NOT NULL,
  name     TEXT NOT NULL,               -- of the file
  source   INTEGER NOT NULL REFERENCES paper_source (id),
  data     TEXT NOT NULL,               -- what the layout read, JSON
  ident    TEXT NOT NULL,
  dated    INTEGER NOT NULL             -- date of the document
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_of_case ON paper (case_id, at);
