-- Who answers for a case: the officer's own list on the board.
ALTER TABLE case_row ADD COLUMN controller BLOB;
CREATE INDEX case_by_controller ON case_row (controller, case_id) WHERE phase <> 'closed';
