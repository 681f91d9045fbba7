-- How soon a case has to be taken up (esik_domain::priority: 1 at once .. 4 can wait): within a day the soonest comes first,
-- and what cannot wait is a queue of its own, counted with every save like the others.
ALTER TABLE obligation ADD COLUMN priority INTEGER NOT NULL DEFAULT 3;
DROP INDEX obligation_board;
CREATE INDEX obligation_board ON obligation (due, priority, since, case_id, n);
DROP INDEX obligation_waiting;
CREATE INDEX obligation_waiting ON obligation (waiting_on, due, priority, since, case_id, n);
DROP INDEX obligation_what;
CREATE INDEX obligation_what ON obligation (what, due, priority, since, case_id, n);
DROP INDEX obligation_moved;
CREATE INDEX obligation_moved ON obligation (due, priority, since, case_id, n) WHERE moved = 1;
CREATE INDEX obligation_first ON obligation (due, priority, since, case_id, n) WHERE priority <= 2;
DROP INDEX obligation_restricted;
CREATE INDEX obligation_restricted ON obligation (case_id, n, layer, due, waiting_on, what, circle, author,
  case_circle, case_author, priority) WHERE layer <> 0 OR case_circle <> 'open';

DROP TABLE owed_count;
CREATE TABLE owed_count (
  due        TEXT NOT NULL,
  waiting_on TEXT NOT NULL,
  what       TEXT NOT NULL,
  -- It cannot wait until tomorrow.
  first      INTEGER NOT NULL,
  n          INTEGER NOT NULL,
  PRIMARY KEY (due, waiting_on, what, first)
) STRICT, WITHOUT ROWID;
INSERT INTO owed_count (due, waiting_on, what, first, n)
  SELECT due, waiting_on, what, priority <= 2, count(*) FROM obligation
  WHERE layer = 0 AND case_circle = 'open' GROUP BY 1, 2, 3, 4;
