-- The durable watermark: how far the newest verified backup goes, and when it was made. Desks keep what the
-- region acknowledged until a backup has it.
CREATE TABLE backup (
  region_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  pos       BIGINT NOT NULL,
  made_at   BIGINT NOT NULL
);
