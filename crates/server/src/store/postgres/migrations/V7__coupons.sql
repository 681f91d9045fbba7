-- Which case a coupon's number belongs to, and what its paper proves itself with: the status page finds a case by it.
-- Derived from the events: a copy of a region makes it again. A station's coupons bear the station's own numbers.
CREATE TABLE coupon (
  region_id TEXT COLLATE "C" NOT NULL, number TEXT COLLATE "C" NOT NULL, case_id TEXT COLLATE "C" NOT NULL,
  code TEXT NOT NULL, secret TEXT NOT NULL,
  PRIMARY KEY (region_id, number, case_id)
);
WITH issued AS MATERIALIZED (
  SELECT region_id, pos, case_id, bytes::json AS e FROM event WHERE kind = 'coupon_issued'
)
INSERT INTO coupon (region_id, number, case_id, code, secret)
SELECT DISTINCT ON (region_id, e #>> '{body,number}', case_id)
       region_id, e #>> '{body,number}', case_id, e #>> '{body,code}', e #>> '{body,secret}'
FROM issued
WHERE starts_with(e #>> '{body,number}', 'ESK-' || (e ->> 'station_id') || '-')
  AND length(e #>> '{body,number}') <= 40
  AND json_typeof(e #> '{body,code}') = 'string' AND json_typeof(e #> '{body,secret}') = 'string'
ORDER BY region_id, e #>> '{body,number}', case_id, pos DESC;
