-- Files officers attach travel: which event names which is told of those too that came before.
INSERT OR IGNORE INTO event_file (region_id, hash, pos)
SELECT region_id, json_extract(bytes, '$.body.file.hash'), pos FROM event
WHERE kind = 'attachment_linked' AND length(json_extract(bytes, '$.body.file.hash')) = 64;
