-- Base models that were sent here and are checked, or have been, by a process of their own. Only those that pass become
-- rows of base_model, so models that were registered before stay as they are.

create table base_model_registration (
  id           uuid constraint base_model_registration_pk primary key,
  name         text not null constraint base_model_registration_name unique,
  summary      text not null default '',
  licence      text,
  person_id    bigint constraint base_model_registration_person references person on delete set null,
  state        text not null default 'CHECKING' constraint base_model_registration_state check
               (state in ('CHECKING', 'AVAILABLE', 'REFUSED')),
  findings     jsonb not null default '[]',
  tries        int not null default 0 constraint base_model_registration_tries check (tries >= 0),
  overruns     int not null default 0 constraint base_model_registration_overruns check (overruns >= 0),
  interruption text,
  created_at   timestamptz not null default now(),
  begun_at     timestamptz,
  ended_at     timestamptz,
  constraint base_model_registration_ended check ((ended_at is null) = (state = 'CHECKING')),
  constraint base_model_registration_findings check ((findings <> '[]') = (state = 'REFUSED'))
);
create index base_model_registration_person_idx on base_model_registration (person_id);

-- the files while they are checked
create table base_model_registration_file (
  registration_id uuid not null constraint base_model_registration_file_registration
                  references base_model_registration on delete cascade,
  name            text not null,
  sha256          text not null constraint base_model_registration_file_blob references blob,
  constraint base_model_registration_file_pk primary key (registration_id, name)
);
create index base_model_registration_file_blob_idx on base_model_registration_file (sha256);

-- no foreign key: an import learns that its registration was removed from its absence
alter table base_model_import add registration_id uuid;
