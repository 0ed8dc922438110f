-- Whoever takes a run looks at those that are next. Their window is read from one index, without the runs themselves: what
-- it cost grew with the index of all runs.

alter table composition_queue
  add column base_model_id bigint,
  -- A row is placed right after it comes; what that leaves behind in the index lies at its end, where nobody looks.
  alter column turn set default 'Infinity';
comment on column composition_queue.base_model_id is 'Of the run, for workers that have the model loaded; null: any worker.';

update composition_queue q set base_model_id = r.base_model_id from composition_run r where r.id = q.run_id;

drop index composition_queue_turn_idx;
create index composition_queue_turn_idx on composition_queue (turn, execution_time)
  include (task_name, task_instance, base_model_id) where not picked;
