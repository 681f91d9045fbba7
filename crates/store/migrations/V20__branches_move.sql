-- Of two copies of a desk the later one joins again, and what it wrote since the fork goes on as a life of its own: its
-- events keep their bytes, only their place among the lives moves on, and only while the region has not spoken on them.
DROP TRIGGER event_is_final;
CREATE TRIGGER event_is_final
BEFORE UPDATE OF seq, id, case_id, device_id, device_seq, kind, actor_id, circle,
  occurred_at, bytes, sig, hash ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_life_is_final BEFORE UPDATE OF incarnation ON event
WHEN NEW.incarnation <= OLD.incarnation OR OLD.verdict IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
