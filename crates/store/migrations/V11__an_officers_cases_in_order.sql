-- The cases of one officer come in the order they are shown: sorting thousands of lines of the encrypted
-- file takes memory that has to be locked.
DROP INDEX case_by_controller;
CREATE INDEX case_by_controller ON case_row (controller, next_due, first_at, case_id)
  WHERE phase <> 'closed';
