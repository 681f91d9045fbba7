-- What a file of an unfinished intake is, in a few words.
ALTER TABLE draft_file ADD COLUMN note TEXT NOT NULL DEFAULT '';
