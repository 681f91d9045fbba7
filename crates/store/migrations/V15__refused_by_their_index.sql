-- What the region refused or set aside is few and is listed by itself: finding it read the whole log.
CREATE INDEX event_refused ON event (seq) WHERE verdict IN ('rejected', 'quarantined');
