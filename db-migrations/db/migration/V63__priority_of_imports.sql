-- All queues have the same columns.
alter table import_queue add column priority smallint;
