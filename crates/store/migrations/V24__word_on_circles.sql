-- Whose word an officer's circles are: the region's, or one of this desk that the region has not believed yet. JSON; NULL = nobody's.
ALTER TABLE officer ADD COLUMN circles_word TEXT;
