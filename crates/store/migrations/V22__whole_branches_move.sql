-- Of three copies of a desk one has sent a part of what another still has to send as its own branch. That goes on whole: what
-- was answered in the other's name moves along, only upwards as before, and only before something that waits for an answer.
DROP TRIGGER event_life_is_final;
CREATE TRIGGER event_life_is_final BEFORE UPDATE OF incarnation ON event
WHEN NEW.incarnation <= OLD.incarnation OR OLD.verdict IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM event WHERE device_id = OLD.device_id AND incarnation IN (OLD.incarnation, NEW.incarnation)
    AND device_seq > OLD.device_seq AND verdict IS NULL)
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
