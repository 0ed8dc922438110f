-- Of db-scheduler, beside the queue of trials: the nightly sweep waits for nobody, and nobody waits for it.
create table sweep_queue (like composition_queue including defaults including constraints);
alter table sweep_queue add constraint sweep_queue_pk primary key (task_name, task_instance);
create index sweep_queue_due_idx on sweep_queue (execution_time);
create index sweep_queue_beat_idx on sweep_queue (last_heartbeat);
delete from composition_trial_queue where task_name = 'storage-sweep';

-- A worker that starts asks for the newest.
create index blob_created_at_idx on blob (created_at);
