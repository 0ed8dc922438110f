-- Imports from a folder of a repository, and imports whose files are here although publishing was refused.

alter table adapter_import add column subfolder text;

alter table adapter_import drop constraint adapter_import_state;
alter table adapter_import add constraint adapter_import_state check (state in
  ('WAITING', 'FETCHING', 'CHECKING', 'DONE', 'UNPUBLISHED', 'UNCHANGED', 'FAILED', 'CANCELLED'));
alter table adapter_import drop constraint adapter_import_failure;
alter table adapter_import add constraint adapter_import_failure
  check ((failure is not null) = (state in ('FAILED', 'UNPUBLISHED')));

-- Those that have ended are deleted after a time.
create index adapter_import_ended_idx on adapter_import (ended_at);
