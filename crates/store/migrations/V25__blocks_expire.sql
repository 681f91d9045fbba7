-- Until when the desk may use a block of numbers; NULL = an older region gave it, and it holds.
ALTER TABLE lease ADD COLUMN expires INTEGER;
