-- A small picture of a file of an unfinished intake is a file beside it.
ALTER TABLE draft_file ADD COLUMN preview_of BLOB;
