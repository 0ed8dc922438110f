-- Texts that models write for programs, see io.lorahub.generation. A row says who has had how much written; what was asked is
-- forgotten once the text has ended.

alter table access_token drop constraint access_token_scope;
alter table access_token add constraint access_token_scope
  check (scope in ('GENERATE', 'READ', 'WRITE', 'ADMINISTER'));

create table generation (
  id         uuid constraint generation_pk primary key,
  person_id  bigint constraint generation_person references person on delete cascade,
  network    text,
  state      text not null default 'WAITING' constraint generation_state check (state in ('WAITING', 'WRITING', 'ENDED')),
  work       jsonb,
  tokens     int not null constraint generation_tokens check (tokens >= 0),
  created_at timestamptz not null,
  constraint generation_owner check ((person_id is null) <> (network is null)),
  constraint generation_work check ((state = 'ENDED') = (work is null))
);
create index generation_person_idx on generation (person_id, created_at) include (tokens, state);
create index generation_network_idx on generation (network, created_at) include (tokens, state) where network is not null;
create index generation_created_idx on generation (created_at);
comment on column generation.network is 'SHA-256 of a visitor''s network address in hex; null for a member.';
comment on column generation.tokens is 'Read and written; until it has ended, the most that these can be.';

-- What has been written, on its way from the worker to the web process, which deletes it when it has read the last. A crash of
-- the database ends the requests as well, so nothing of this needs to survive one.
create unlogged table generation_piece (
  generation_id uuid not null constraint generation_piece_generation references generation on delete cascade,
  number        int not null,
  events        text not null,
  constraint generation_piece_pk primary key (generation_id, number)
);

-- Of db-scheduler, with the columns by which workers choose, as in composition_queue.
create table generation_queue (like composition_queue including defaults including constraints);
alter table generation_queue
  drop column run_id,
  add constraint generation_queue_pk primary key (task_name, task_instance);
create index generation_queue_due_idx on generation_queue (execution_time, priority desc);
create index generation_queue_heartbeat_idx on generation_queue (last_heartbeat);
create index generation_queue_turn_idx on generation_queue (turn, execution_time)
  include (task_name, task_instance, base_model_id, model_bytes, candidates_bytes, computing_bytes) where not picked;
