-- Base models that the hub fetches from another hub for an administrator.

create table base_model_import (
  id         uuid constraint base_model_import_pk primary key,
  person_id  bigint not null constraint base_model_import_person references person on delete cascade,
  hub        text not null,
  repository text not null,
  revision   text not null,
  commit_id  text constraint base_model_import_commit_form check (commit_id ~ '^[0-9a-f]{40}$'),
  token      text,
  name       text not null,
  summary    text not null,
  licence    text,
  state      text not null default 'WAITING' constraint base_model_import_state check (state in
             ('WAITING', 'FETCHING', 'CHECKING', 'DONE', 'FAILED', 'CANCELLED')),
  failure    text,
  problem    text,
  files      jsonb,
  bytes      bigint not null default 0 constraint base_model_import_bytes check (bytes >= 0),
  fetched    bigint not null default 0 constraint base_model_import_fetched check (fetched >= 0),
  progress   bigint not null default 0,
  tries      int not null default 0,
  created_at timestamptz not null default now(),
  ended_at   timestamptz,
  constraint base_model_import_token check (token is null or state in ('WAITING', 'FETCHING')),
  constraint base_model_import_failure check ((failure is not null) = (state = 'FAILED')),
  constraint base_model_import_ended check
    ((ended_at is null) = (state in ('WAITING', 'FETCHING', 'CHECKING')))
);
create index base_model_import_person_idx on base_model_import (person_id);
create index base_model_import_ended_idx on base_model_import (ended_at);
-- one at a time for each name
create unique index base_model_import_name_idx on base_model_import (name) where ended_at is null;
