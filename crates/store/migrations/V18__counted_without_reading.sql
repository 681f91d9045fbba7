-- How many own events the region has not spoken on, kept with the heads; only the sum means anything. Counting
-- them read the whole log of a desk that never met its region, for every screen.
ALTER TABLE own_head ADD COLUMN unsent INTEGER NOT NULL DEFAULT 0;
UPDATE own_head SET unsent = (SELECT count(*) FROM event WHERE verdict IS NULL)
WHERE incarnation = (SELECT max(incarnation) FROM own_head);
-- The board's few lines that are not for everybody are counted out of the index alone, not line by line.
DROP INDEX obligation_restricted;
CREATE INDEX obligation_restricted ON obligation (case_id, n, layer, due, waiting_on, what, circle, author,
  case_circle, case_author) WHERE layer <> 0 OR case_circle <> 'open';
