-- The run that found the weights of what a version was composed of.
alter table adapter_version add column run_id uuid constraint adapter_version_run references composition_run on delete set null;
create index adapter_version_run_idx on adapter_version (run_id) where run_id is not null;
