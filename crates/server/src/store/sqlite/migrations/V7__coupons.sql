-- Which case a coupon's number belongs to, and what its paper proves itself with: the status page finds a case by it.
-- Derived from the events: a copy of a region makes it again. A station's coupons bear the station's own numbers.
CREATE TABLE coupon (
  region_id TEXT NOT NULL, number TEXT NOT NULL, case_id TEXT NOT NULL,
  code TEXT NOT NULL, secret TEXT NOT NULL,
  PRIMARY KEY (region_id, number, case_id)
) STRICT, WITHOUT ROWID;
INSERT INTO coupon (region_id, number, case_id, code, secret)
SELECT region_id, json_extract(bytes, '$.body.number'), case_id,
       json_extract(bytes, '$.body.code'), json_extract(bytes, '$.body.secret')
FROM event
WHERE kind = 'coupon_issued'
  AND substr(json_extract(bytes, '$.body.number'), 1, length(json_extract(bytes, '$.station_id')) + 5)
      = 'ESK-' || json_extract(bytes, '$.station_id') || '-'
  AND length(json_extract(bytes, '$.body.number')) <= 40
  AND json_type(bytes, '$.body.code') = 'text' AND json_type(bytes, '$.body.secret') = 'text'
ORDER BY pos
ON CONFLICT DO UPDATE SET code = excluded.code, secret = excluded.secret;
