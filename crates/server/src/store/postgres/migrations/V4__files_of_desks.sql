-- Files officers attach travel: which event names which is told of those too that came before.
INSERT INTO event_file (region_id, hash, pos)
SELECT region_id, (bytes::json) #>> '{body,file,hash}', pos FROM event
WHERE kind = 'attachment_linked' AND length((bytes::json) #>> '{body,file,hash}') = 64
ON CONFLICT DO NOTHING;
