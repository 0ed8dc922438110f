-- Two processes of one name would share their runs' leases, and each would undo what the other does.
alter table worker add column process uuid;
comment on column worker.process is
  'Chosen at random by the process that has the name; it alone beats. Null once it has left the name to others.';
