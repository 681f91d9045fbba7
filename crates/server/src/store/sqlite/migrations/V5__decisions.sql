-- What a person of the region decided about something set aside, or about a kept branch. Nothing here is changed or
-- removed; a later decision stands beside the earlier one.
CREATE TABLE decision (
  region_id TEXT NOT NULL, device_id TEXT NOT NULL,
  subject TEXT NOT NULL,                         -- `incarnation/seq` of the event, or the hash of one of a branch
  n INTEGER NOT NULL,
  event_id TEXT, what TEXT NOT NULL, code TEXT NOT NULL, note TEXT NOT NULL,
  login TEXT NOT NULL, name TEXT NOT NULL, decided_at INTEGER NOT NULL,
  PRIMARY KEY (region_id, device_id, subject, n)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER decision_is_not_changed BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are not changed'); END;
CREATE TRIGGER decision_is_not_deleted BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are not deleted'); END;
