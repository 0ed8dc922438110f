-- Adapters that the hub fetches from another hub for a member.

create table adapter_import (
  id         uuid constraint adapter_import_pk primary key,
  person_id  bigint not null constraint adapter_import_person references person on delete cascade,
  hub        text not null,
  repository text not null,
  revision   text not null,
  commit_id  text constraint adapter_import_commit_form check (commit_id ~ '^[0-9a-f]{40}$'),
  token      text,
  publisher  text,
  target     text,
  publish    boolean not null,
  card       jsonb,
  state      text not null default 'WAITING' constraint adapter_import_state check (state in
             ('WAITING', 'FETCHING', 'CHECKING', 'DONE', 'UNCHANGED', 'FAILED', 'CANCELLED')),
  failure    text,
  problem    text,
  files      jsonb,
  bytes      bigint not null default 0 constraint adapter_import_bytes check (bytes >= 0),
  reused     bigint not null default 0 constraint adapter_import_reused check (reused between 0 and bytes),
  progress   bigint not null default 0 constraint adapter_import_progress check (progress >= 0),
  tries      int not null default 0,
  upload_id  uuid constraint adapter_import_upload references upload on delete set null,
  version_id bigint constraint adapter_import_version references adapter_version on delete set null,
  created_at timestamptz not null default now(),
  ended_at   timestamptz,
  -- the remote's token is kept only while files are fetched
  constraint adapter_import_token check (token is null or state in ('WAITING', 'FETCHING')),
  constraint adapter_import_failure check ((failure is not null) = (state = 'FAILED')),
  constraint adapter_import_ended check
    ((ended_at is null) = (state in ('WAITING', 'FETCHING', 'CHECKING')))
);
create index adapter_import_person_idx on adapter_import (person_id, created_at);
create index adapter_import_upload_idx on adapter_import (upload_id);
create index adapter_import_version_idx on adapter_import (version_id);
create unique index adapter_import_one_idx on adapter_import (person_id) where ended_at is null;

-- Of db-scheduler, whose columns these are.
create table import_queue (
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
  constraint import_queue_pk primary key (task_name, task_instance)
);
create index import_queue_due_idx on import_queue (execution_time);
create index import_queue_heartbeat_idx on import_queue (last_heartbeat);

-- Where an upload and a version come from: hub, repository and commit.
alter table upload add column imported_from jsonb;
alter table adapter_version add column imported_from jsonb;

-- What the content has to be, as the other hub announced it.
alter table upload_file add column expected_sha256 text
  constraint upload_file_expected_form check (expected_sha256 ~ '^[0-9a-f]{64}$');
