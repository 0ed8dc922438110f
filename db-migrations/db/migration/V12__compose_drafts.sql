-- The run that a member is about to ask for; what was typed stays until it is started or thrown away.

create table composition_draft (
  person_id bigint constraint composition_draft_pk primary key
            constraint composition_draft_person references person on delete cascade,
  form      jsonb not null,
  saved_at  timestamptz not null default now()
);

-- For the estimate of a run's time.
create index composition_run_measured_idx on composition_run (base_model_id, ended_at desc) where state = 'SUCCEEDED';
