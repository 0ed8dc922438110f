-- Questions to the workers, who have the models: other weights, own inputs, which adapters promise something, files.

create table composition_trial (
  id          uuid constraint composition_trial_pk primary key,
  person_id   bigint constraint composition_trial_person references person on delete cascade,
  visitor     text,
  run_id      uuid constraint composition_trial_run references composition_run on delete cascade,
  question    jsonb not null,
  answer      jsonb,
  state       text not null default 'ASKED' constraint composition_trial_state
              check (state in ('ASKED', 'WORKING', 'ANSWERED', 'FAILED')),
  failure     text,
  done        int not null default 0 constraint composition_trial_done check (done >= 0),
  total       int not null default 0 constraint composition_trial_total check (total >= 0),
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  constraint composition_trial_owner check ((person_id is null) <> (visitor is null)),
  constraint composition_trial_answer check ((state = 'ANSWERED') = (answer is not null)),
  constraint composition_trial_failure check ((state = 'FAILED') = (failure is not null))
);
create index composition_trial_person_idx on composition_trial (person_id, created_at);
create index composition_trial_visitor_idx on composition_trial (visitor, created_at);
create index composition_trial_run_idx on composition_trial (run_id, created_at);
create index composition_trial_expires_idx on composition_trial (expires_at);

-- What a worker made for a trial: a compressed adapter, a model with the mix added. It goes with the trial.
create table composition_trial_file (
  trial_id uuid not null constraint composition_trial_file_trial references composition_trial on delete cascade,
  name     text not null,
  sha256   text not null constraint composition_trial_file_blob references blob,
  constraint composition_trial_file_pk primary key (trial_id, name)
);
create index composition_trial_file_blob_idx on composition_trial_file (sha256);

-- Of db-scheduler, beside composition_queue: a search that runs for long holds up nobody who asks for a prediction.
create table composition_trial_queue (like composition_queue including defaults including constraints);
alter table composition_trial_queue add constraint composition_trial_queue_pk primary key (task_name, task_instance);
create index composition_trial_queue_due_idx on composition_trial_queue (execution_time, priority desc);
create index composition_trial_queue_beat_idx on composition_trial_queue (last_heartbeat);
