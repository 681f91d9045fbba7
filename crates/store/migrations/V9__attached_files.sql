-- Files officers put to cases lie encrypted beside the database, named by the hash of what lies there.

-- Files of an unfinished intake; they go with it. The file's key is wrapped by the desk's key of files.
CREATE TABLE draft_file (
  id           BLOB PRIMARY KEY,
  draft_id     BLOB NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
  at           INTEGER NOT NULL,
  address      TEXT NOT NULL,
  wrapped      BLOB NOT NULL,
  name         TEXT NOT NULL,
  media_type   TEXT NOT NULL,
  bytes        INTEGER NOT NULL,
  not_identity INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_file_of ON draft_file (draft_id, at);

-- Which files are still wanted is asked at start and by `verify`, without reading the whole log.
CREATE INDEX event_of_file ON event (kind) WHERE kind IN ('attachment_linked', 'attachment_withdrawn');
