-- A worker takes only runs that fit its memory. The estimate stands beside the run's place, so that taking one reads
-- nothing but the index.

alter table composition_queue
  add column model_bytes      bigint not null default 0,
  add column candidates_bytes bigint not null default 0,
  add column computing_bytes  bigint not null default 0,
  add constraint composition_queue_bytes_ck check (least(model_bytes, candidates_bytes, computing_bytes) >= 0);
comment on column composition_queue.model_bytes is
  'Memory for the base model. All three are 0 if unknown; the worker that takes the run then writes them if it has too little.';
comment on column composition_queue.candidates_bytes is 'Memory for the factors of the candidates, for each run at a time.';
comment on column composition_queue.computing_bytes is 'Memory for an evaluation, for each run at a time.';

drop index composition_queue_turn_idx;
create index composition_queue_turn_idx on composition_queue (turn, execution_time)
  include (task_name, task_instance, base_model_id, model_bytes, candidates_bytes, computing_bytes) where not picked;
