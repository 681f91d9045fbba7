-- How soon bodies answered: of open cases only, so that a number tells nothing of the others.
CREATE TABLE answer_time (
  case_id     BLOB NOT NULL,
  referral    BLOB NOT NULL,
  agency      TEXT NOT NULL,
  answered_at INTEGER NOT NULL,
  working_days INTEGER NOT NULL,
  PRIMARY KEY (case_id, referral)
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_time_of ON answer_time (agency, answered_at DESC);
