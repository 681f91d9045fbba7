-- What became of requests of a theme at a body: of open cases only, so that a number tells nothing of the others.
CREATE TABLE past_route (
  case_id  BLOB NOT NULL,
  referral BLOB NOT NULL,
  station  TEXT NOT NULL,
  category TEXT NOT NULL,
  agency   TEXT NOT NULL,
  at       INTEGER NOT NULL,
  returned INTEGER NOT NULL,            -- 1: sent back as not theirs; 0: taken
  PRIMARY KEY (case_id, referral)
) STRICT, WITHOUT ROWID;
CREATE INDEX past_route_of ON past_route (station, category, at DESC, agency, returned);
