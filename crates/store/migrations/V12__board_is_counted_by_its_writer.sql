-- The count of the board's lines is kept by what writes them. A statement with a trigger may fail
-- half-way, so for each the engine copied every page it touched before it touched it.
DROP TRIGGER owed_more;
DROP TRIGGER owed_less;
