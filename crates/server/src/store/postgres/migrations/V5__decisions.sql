-- What a person of the region decided about something set aside, or about a kept branch. Nothing here is changed or
-- removed; a later decision stands beside the earlier one.
CREATE TABLE decision (
  region_id TEXT COLLATE "C" NOT NULL, device_id TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,             -- `incarnation/seq` of the event, or the hash of one of a branch
  n BIGINT NOT NULL,
  event_id TEXT, what TEXT COLLATE "C" NOT NULL, code TEXT NOT NULL, note TEXT NOT NULL,
  login TEXT NOT NULL, name TEXT NOT NULL, decided_at BIGINT NOT NULL,
  PRIMARY KEY (region_id, device_id, subject, n)
);
