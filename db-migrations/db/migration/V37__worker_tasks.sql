-- Short tasks for workers were called trials; the tables take the name that the rest of the program uses.
alter table composition_trial rename to worker_task;
alter table composition_trial_file rename to worker_task_file;
alter table composition_trial_queue rename to worker_task_queue;
alter table worker_task_file rename column trial_id to task_id;

do $$
declare
  found record;
begin
  for found in
    select conrelid::regclass as of_table, conname as name from pg_constraint
    where connamespace = current_schema()::regnamespace and conname like 'composition\_trial%'
  loop
    execute format('alter table %s rename constraint %I to %I', found.of_table, found.name,
                   replace(replace(found.name, 'composition_trial', 'worker_task'), '_trial', '_task'));
  end loop;
  for found in
    select indexname as name from pg_indexes
    where schemaname = current_schema() and indexname like 'composition\_trial%'
  loop
    execute format('alter index %I rename to %I', found.name,
                   replace(replace(found.name, 'composition_trial', 'worker_task'), '_beat_', '_heartbeat_'));
  end loop;
end $$;

-- Entries of db-scheduler carry the task's name. The recurring one is created again when a worker starts.
update worker_task_queue set task_name = 'task' where task_name = 'trial';
update composition_export_queue set task_name = 'task' where task_name = 'trial';
delete from worker_task_queue where task_name = 'trial-sweep';
