-- The durable watermark: how far the newest verified backup goes, and when it was made. Desks keep what the
-- region acknowledged until a backup has it.
CREATE TABLE backup (
  region_id TEXT NOT NULL PRIMARY KEY,
  pos       INTEGER NOT NULL,
  made_at   INTEGER NOT NULL
) STRICT;
