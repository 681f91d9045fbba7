-- Who stands for an officer's key: the word this desk took him in by, or gave for him. JSON; NULL = nobody's yet.
ALTER TABLE officer ADD COLUMN voucher TEXT;
