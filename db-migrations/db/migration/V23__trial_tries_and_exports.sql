-- How often a worker has begun to answer: one that ends the worker's process is not tried for ever.
alter table composition_trial
  add column tries int not null default 0 constraint composition_trial_tries check (tries >= 0);

-- Of db-scheduler, beside composition_trial_queue: an export that takes minutes holds up nobody who asks for a prediction.
create table composition_export_queue (like composition_trial_queue including defaults including constraints);
alter table composition_export_queue add constraint composition_export_queue_pk primary key (task_name, task_instance);
create index composition_export_queue_due_idx on composition_export_queue (execution_time, priority desc);
create index composition_export_queue_beat_idx on composition_export_queue (last_heartbeat);
