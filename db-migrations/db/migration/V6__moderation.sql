-- Reports of members, what moderators decided, and appeals of owners.

create table report (
  id          bigint generated always as identity primary key,
  adapter_id  bigint not null constraint report_adapter references adapter on delete cascade,
  reporter_id bigint not null constraint report_reporter references person on delete cascade,
  category    text not null constraint report_category
              check (category in ('COPY', 'LICENCE', 'MISLEADING', 'HARMFUL', 'BROKEN', 'SPAM', 'OTHER')),
  text        text not null default '' constraint report_text_length check (length(text) <= 2000),
  created_at  timestamptz not null default now(),
  closed_at   timestamptz
);
-- One open report of a person on an adapter.
create unique index report_open_unique on report (adapter_id, reporter_id) where closed_at is null;
create index report_open_idx on report (created_at) where closed_at is null;
create index report_adapter_idx on report (adapter_id);
create index report_reporter_idx on report (reporter_id);

create table appeal (
  id         bigint generated always as identity primary key,
  adapter_id bigint not null constraint appeal_adapter references adapter on delete cascade,
  person_id  bigint not null constraint appeal_person references person on delete cascade,
  text       text not null constraint appeal_text_length check (length(text) between 1 and 4000),
  created_at timestamptz not null default now(),
  closed_at  timestamptz
);
create unique index appeal_open_unique on appeal (adapter_id) where closed_at is null;
create index appeal_adapter_idx on appeal (adapter_id);
create index appeal_person_idx on appeal (person_id);

create table decision (
  id           bigint generated always as identity primary key,
  adapter_id   bigint not null constraint decision_adapter references adapter on delete cascade,
  moderator_id bigint constraint decision_moderator references person on delete set null,
  action       text not null constraint decision_action
               check (action in ('APPROVE', 'ASK_FOR_CHANGES', 'TAKE_DOWN', 'RESTORE')),
  reason       text not null constraint decision_reason_length check (length(reason) between 1 and 2000),
  decided_at   timestamptz not null default now()
);
create index decision_adapter_idx on decision (adapter_id, id);
create index decision_moderator_idx on decision (moderator_id);

create index audit_entry_subject_idx on audit_entry (subject, id);
create index audit_entry_actor_idx on audit_entry (actor, id);
