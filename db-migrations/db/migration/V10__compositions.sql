-- Composition runs: what was asked for, the log of evaluations, and what came out. Workers announce themselves.

create table composition_run (
  id            uuid constraint composition_run_pk primary key,
  person_id     bigint constraint composition_run_person references person on delete cascade,
  visitor       text,
  title         text not null constraint composition_run_title_length check (length(title) between 1 and 100),
  description   text not null default '' constraint composition_run_description_length check (length(description) <= 4000),
  base_model_id bigint not null constraint composition_run_base_model references base_model,
  spec          jsonb not null,
  budget        int not null constraint composition_run_budget check (budget > 0),
  shared        boolean not null default false,
  state         text not null default 'QUEUED' constraint composition_run_state
                check (state in ('QUEUED', 'RUNNING', 'PAUSED', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  wish          text constraint composition_run_wish check (wish in ('PAUSE', 'CANCEL')),
  failure       text,
  priority      int not null default 0,
  worker        text,
  claim         int not null default 0,
  fork_of       uuid constraint composition_run_fork_of references composition_run on delete set null,
  fork_evaluations int not null default 0 constraint composition_run_fork_evaluations check (fork_evaluations >= 0),
  idempotency_key text constraint composition_run_idempotency_key_length check (length(idempotency_key) <= 200),
  spent         int not null default 0,
  best          double precision,
  seconds       double precision not null default 0,
  predictions   jsonb,
  result        jsonb,
  created_at    timestamptz not null default now(),
  queued_at     timestamptz not null default now(),
  started_at    timestamptz,
  ended_at      timestamptz,
  expires_at    timestamptz,
  edition       int not null default 0,
  constraint composition_run_owner check ((person_id is null) <> (visitor is null)),
  constraint composition_run_failure check ((state = 'FAILED') = (failure is not null)),
  constraint composition_run_idempotent unique (person_id, idempotency_key)
);
create index composition_run_person_idx on composition_run (person_id, created_at desc);
create index composition_run_base_model_idx on composition_run (base_model_id);
create index composition_run_fork_of_idx on composition_run (fork_of);
create index composition_run_waiting_idx on composition_run (queued_at) where state = 'QUEUED';
create index composition_run_expires_idx on composition_run (expires_at) where expires_at is not null;

-- The candidates in the order of the weights; a version that runs have used cannot go without its runs.
create table composition_candidate (
  run_id     uuid not null constraint composition_candidate_run references composition_run on delete cascade,
  place      int not null constraint composition_candidate_place check (place >= 0),
  version_id bigint not null constraint composition_candidate_version references adapter_version on delete cascade,
  constraint composition_candidate_pk primary key (run_id, place)
);
create index composition_candidate_version_idx on composition_candidate (version_id);

-- The log: one row for each evaluation, written before the search goes on.
create table composition_evaluation (
  run_id       uuid not null constraint composition_evaluation_run references composition_run on delete cascade,
  number       int not null constraint composition_evaluation_number check (number > 0),
  cost         int not null constraint composition_evaluation_cost check (cost > 0),
  weights      double precision[] not null,
  objective    double precision not null,
  loss         double precision not null,
  token_losses real[],
  gradient     double precision[],
  seconds      double precision not null,
  at           timestamptz not null default now(),
  constraint composition_evaluation_pk primary key (run_id, number)
);

-- What a run has to say beside its evaluations: who took it, what went wrong.
create table composition_note (
  id     bigint generated always as identity primary key,
  run_id uuid not null constraint composition_note_run references composition_run on delete cascade,
  at     timestamptz not null default now(),
  text   text not null
);
create index composition_note_run_idx on composition_note (run_id, id);

-- Files of a result, by what they are: the merged adapter, its recipe, a fused model.
create table composition_file (
  run_id uuid not null constraint composition_file_run references composition_run on delete cascade,
  name   text not null,
  sha256 text not null constraint composition_file_blob references blob,
  constraint composition_file_pk primary key (run_id, name)
);
create index composition_file_blob_idx on composition_file (sha256);

create table worker (
  name         text constraint worker_pk primary key,
  device       text not null,
  memory       bigint not null,
  version      text not null,
  slots        int not null constraint worker_slots check (slots > 0),
  draining     boolean not null default false,
  speed        double precision,
  models       text[] not null default '{}',
  running      int not null default 0,
  started_at   timestamptz not null default now(),
  seen_at      timestamptz not null default now()
);

-- Of db-scheduler, as its documentation gives it: which runs wait, and who is at one.
create table composition_queue (
  task_name            text not null,
  task_instance        text not null,
  task_data            bytea,
  execution_time       timestamptz not null,
  picked               boolean not null,
  picked_by            text,
  last_success         timestamptz,
  last_failure         timestamptz,
  consecutive_failures int,
  last_heartbeat       timestamptz,
  version              bigint not null,
  priority             smallint,
  constraint composition_queue_pk primary key (task_name, task_instance)
);
create index composition_queue_due_idx on composition_queue (execution_time, priority desc);
create index composition_queue_beat_idx on composition_queue (last_heartbeat);
