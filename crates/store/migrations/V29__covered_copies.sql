-- A copy of a file of an unfinished intake with parts of it covered is a file beside it.
ALTER TABLE draft_file ADD COLUMN covers BLOB;
