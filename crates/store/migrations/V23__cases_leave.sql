-- What this desk may no longer follow is hidden at once, and what others wrote of it loses its text once the region has it in a
-- checked backup (docs/adr/0046). 1 = hidden; erased when `bytes` is empty: id, sequence, hash and position stay.
ALTER TABLE event ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
CREATE INDEX event_gone ON event (pos) WHERE gone = 1;
DROP TRIGGER event_is_final;
CREATE TRIGGER event_is_final
BEFORE UPDATE OF seq, id, case_id, device_id, device_seq, kind, actor_id, circle, occurred_at, hash ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
-- A hidden text may go, and come back as it was; nothing else.
CREATE TRIGGER event_text_is_final BEFORE UPDATE OF bytes, sig ON event
WHEN NOT (OLD.gone = 1 AND NEW.gone = 1 AND NEW.bytes = '' AND NEW.sig = x'')
  AND NOT (OLD.gone = 1 AND OLD.bytes = '' AND NEW.gone = 0)
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
-- Up to here cases that came into a feed later have brought what happened to them before.
ALTER TABLE cursor ADD COLUMN in_place INTEGER NOT NULL DEFAULT 0;
