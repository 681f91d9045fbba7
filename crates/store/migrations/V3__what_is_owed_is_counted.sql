-- Queues of the board that are told apart by what is owed (to be signed, refused twice) are counted
-- like the others: with every save, not by looking at every row.
DROP TRIGGER owed_more;
DROP TRIGGER owed_less;
DROP TABLE owed_count;
CREATE TABLE owed_count (
  due        TEXT NOT NULL,
  waiting_on TEXT NOT NULL,
  what       TEXT NOT NULL,
  n          INTEGER NOT NULL,
  PRIMARY KEY (due, waiting_on, what)
) STRICT, WITHOUT ROWID;
INSERT INTO owed_count (due, waiting_on, what, n)
  SELECT due, waiting_on, what, count(*) FROM obligation
  WHERE layer = 0 AND case_circle = 'open' GROUP BY due, waiting_on, what;
CREATE TRIGGER owed_more AFTER INSERT ON obligation WHEN NEW.layer = 0 AND NEW.case_circle = 'open'
BEGIN
  INSERT INTO owed_count (due, waiting_on, what, n) VALUES (NEW.due, NEW.waiting_on, NEW.what, 1)
  ON CONFLICT (due, waiting_on, what) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER owed_less AFTER DELETE ON obligation WHEN OLD.layer = 0 AND OLD.case_circle = 'open'
BEGIN
  UPDATE owed_count SET n = n - 1
  WHERE due = OLD.due AND waiting_on = OLD.waiting_on AND what = OLD.what;
END;
CREATE INDEX obligation_what ON obligation (what, due, since, case_id, n);
