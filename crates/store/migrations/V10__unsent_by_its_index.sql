-- Counting what the region has not spoken on read every such event itself: the index did not hold the
-- column its own condition names.
DROP INDEX event_unsent;
CREATE INDEX event_unsent ON event (incarnation, device_seq, verdict) WHERE verdict IS NULL;
