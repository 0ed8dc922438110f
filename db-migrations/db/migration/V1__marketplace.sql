-- Who: a person signs in; a publisher is a name under which adapters stand. One publisher may get several persons.

create table person (
  id            bigint generated always as identity primary key,
  name          text not null constraint person_name_unique unique
                constraint person_name_form check (name ~ '^[a-z0-9](-?[a-z0-9])*$' and length(name) between 2 and 39),
  display_name  text not null default '' constraint person_display_name_length check (length(display_name) <= 100),
  email         text constraint person_email_length check (length(email) <= 254),
  password_hash text,
  role          text not null default 'MEMBER' constraint person_role check (role in ('MEMBER', 'MODERATOR', 'ADMIN')),
  banned_at     timestamptz,
  ban_reason    text,
  created_at    timestamptz not null default now(),
  constraint person_ban check ((banned_at is null) = (ban_reason is null))
);

create table publisher (
  id         bigint generated always as identity primary key,
  name       text not null constraint publisher_name_unique unique
             constraint publisher_name_form check (name ~ '^[a-z0-9](-?[a-z0-9])*$' and length(name) between 2 and 39),
  title      text not null default '' constraint publisher_title_length check (length(title) <= 100),
  about      text not null default '' constraint publisher_about_length check (length(about) <= 4000),
  created_at timestamptz not null default now()
);

create table publisher_member (
  publisher_id bigint not null constraint publisher_member_publisher references publisher on delete cascade,
  person_id    bigint not null constraint publisher_member_person references person on delete cascade,
  constraint publisher_member_pk primary key (publisher_id, person_id)
);
create index publisher_member_person_idx on publisher_member (person_id);

-- Secrets are stored as SHA-256 of the random value that only its holder knows.

create table person_session (
  id           bigint generated always as identity primary key,
  secret_hash  bytea not null constraint person_session_secret_unique unique,
  person_id    bigint not null constraint person_session_person references person on delete cascade,
  user_agent   text not null default '',
  created_at   timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at   timestamptz not null
);
create index person_session_person_idx on person_session (person_id);

create table access_token (
  id           bigint generated always as identity primary key,
  secret_hash  bytea not null constraint access_token_secret_unique unique,
  person_id    bigint not null constraint access_token_person references person on delete cascade,
  name         text not null constraint access_token_name_length check (length(name) between 1 and 100),
  scope        text not null constraint access_token_scope check (scope in ('READ', 'WRITE')),
  ending       text not null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
create index access_token_person_idx on access_token (person_id);

create table oidc_identity (
  id        bigint generated always as identity primary key,
  person_id bigint not null constraint oidc_identity_person references person on delete cascade,
  issuer    text not null,
  subject   text not null,
  label     text not null default '' constraint oidc_identity_label_length check (length(label) <= 254),
  linked_at timestamptz not null default now(),
  constraint oidc_identity_unique unique (issuer, subject)
);
create index oidc_identity_person_idx on oidc_identity (person_id);

create table one_time_link (
  id          bigint generated always as identity primary key,
  secret_hash bytea not null constraint one_time_link_secret_unique unique,
  purpose     text not null constraint one_time_link_purpose check (purpose in ('FIRST_ADMIN', 'RESET_PASSWORD')),
  person_id   bigint constraint one_time_link_person references person on delete cascade,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  used_at     timestamptz
);
create index one_time_link_person_idx on one_time_link (person_id);

-- What: content-addressed files, base models, adapters and their versions.

create table blob (
  sha256     text constraint blob_pk primary key constraint blob_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
  size       bigint not null constraint blob_size check (size >= 0),
  created_at timestamptz not null default now()
);

create table base_model (
  id            bigint generated always as identity primary key,
  name          text not null constraint base_model_name_unique unique,
  summary       text not null default '',
  model_type    text not null,
  parameters    bigint not null constraint base_model_parameters check (parameters > 0),
  bytes         bigint not null constraint base_model_bytes check (bytes > 0),
  licence       text,
  registered_by bigint constraint base_model_registered_by references person on delete set null,
  created_at    timestamptz not null default now()
);
create index base_model_registered_by_idx on base_model (registered_by);

create table base_model_file (
  base_model_id bigint not null constraint base_model_file_base_model references base_model on delete cascade,
  name          text not null,
  sha256        text not null constraint base_model_file_blob references blob,
  constraint base_model_file_pk primary key (base_model_id, name)
);
create index base_model_file_blob_idx on base_model_file (sha256);

-- Grows with every change that a listing shows, so that each process learns what is new to it.
create sequence adapter_revision;

create table adapter (
  id              bigint generated always as identity primary key,
  publisher_id    bigint not null constraint adapter_publisher references publisher,
  name            text not null
                  constraint adapter_name_form check (name ~ '^[a-z0-9]([-._]?[a-z0-9])*$' and length(name) between 1 and 64),
  visibility      text not null default 'PRIVATE' constraint adapter_visibility check (visibility in ('PRIVATE', 'UNLISTED', 'PUBLIC')),
  state           text not null default 'ACTIVE' constraint adapter_state check (state in ('ACTIVE', 'CHANGES_REQUESTED', 'TAKEN_DOWN')),
  state_reason    text,
  base_model      text not null,
  title           text not null constraint adapter_title_length check (length(title) between 1 and 100),
  summary         text not null default '' constraint adapter_summary_length check (length(summary) <= 300),
  description     text not null default '' constraint adapter_description_length check (length(description) <= 100000),
  licence         text not null,
  derivatives     boolean not null default true,
  training_data   text not null default '' constraint adapter_training_data_length check (length(training_data) <= 4000),
  intended_use    text not null default '' constraint adapter_intended_use_length check (length(intended_use) <= 4000),
  tags            text[] not null default '{}',
  languages       text[] not null default '{}',
  example_input   text not null default '' constraint adapter_example_input_length check (length(example_input) <= 2000),
  example_output  text not null default '' constraint adapter_example_output_length check (length(example_output) <= 2000),
  rank            int not null constraint adapter_rank check (rank > 0),
  target_modules  text[] not null,
  downloads       bigint not null default 0 constraint adapter_downloads check (downloads >= 0),
  likes           int not null default 0 constraint adapter_likes check (likes >= 0),
  trend           double precision not null default 0,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  edition         int not null default 0,
  revision        bigint not null default nextval('adapter_revision'),
  constraint adapter_name_unique unique (publisher_id, name),
  constraint adapter_reason check ((state = 'ACTIVE') = (state_reason is null))
);
create index adapter_revision_idx on adapter (revision);

create function bump_adapter_revision() returns trigger language plpgsql as $$
begin
  new.revision := nextval('adapter_revision');
  return new;
end $$;
create trigger adapter_revision_bump before update on adapter for each row execute function bump_adapter_revision();

create table adapter_version (
  id             bigint generated always as identity primary key,
  adapter_id     bigint not null constraint adapter_version_adapter references adapter on delete cascade,
  number         int not null constraint adapter_version_number check (number > 0),
  label          text not null
                 constraint adapter_version_label_form check (label ~ '^[0-9]+\.[0-9]+\.[0-9]+$' and length(label) <= 30),
  notes          text not null default '' constraint adapter_version_notes_length check (length(notes) <= 4000),
  published_by   bigint constraint adapter_version_published_by references person on delete set null,
  published_at   timestamptz not null default now(),
  facts          jsonb not null,
  findings       jsonb not null,
  constraint adapter_version_number_unique unique (adapter_id, number),
  constraint adapter_version_label_unique unique (adapter_id, label)
);
create index adapter_version_published_by_idx on adapter_version (published_by);

create table version_file (
  version_id bigint not null constraint version_file_version references adapter_version on delete cascade,
  name       text not null,
  sha256     text not null constraint version_file_blob references blob,
  constraint version_file_pk primary key (version_id, name)
);
create index version_file_blob_idx on version_file (sha256);

-- Of which published versions a version was composed, with which weights.
create table version_part (
  version_id bigint not null constraint version_part_version references adapter_version on delete cascade,
  part_id    bigint not null constraint version_part_part references adapter_version,
  weight     double precision not null,
  constraint version_part_pk primary key (version_id, part_id),
  constraint version_part_other check (version_id <> part_id)
);
create index version_part_part_idx on version_part (part_id);

create table adapter_like (
  adapter_id bigint not null constraint adapter_like_adapter references adapter on delete cascade,
  person_id  bigint not null constraint adapter_like_person references person on delete cascade,
  liked_at   timestamptz not null default now(),
  constraint adapter_like_pk primary key (adapter_id, person_id)
);
create index adapter_like_person_idx on adapter_like (person_id);

-- What happened.

create table notice (
  id         bigint generated always as identity primary key,
  person_id  bigint not null constraint notice_person references person on delete cascade,
  title      text not null,
  body       text not null default '',
  link       text not null default '',
  created_at timestamptz not null default now(),
  read_at    timestamptz
);
create index notice_person_idx on notice (person_id, id);

create table audit_entry (
  id      bigint generated always as identity primary key,
  at      timestamptz not null default now(),
  actor   text not null,
  action  text not null,
  subject text not null,
  detail  text not null default ''
);
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_entry is append-only';
end $$;
create trigger audit_entry_append_only before update or delete or truncate on audit_entry
  for each statement execute function refuse_change();
