-- Uploads: what a member sends, until it is published or dropped.

create table upload (
  id           uuid constraint upload_pk primary key,
  batch_id     uuid not null,
  person_id    bigint not null constraint upload_person references person on delete cascade,
  publisher_id bigint constraint upload_publisher references publisher on delete set null,
  adapter_id   bigint constraint upload_adapter references adapter on delete set null,
  folder       text not null default '' constraint upload_folder_length check (length(folder) <= 255),
  state        text not null default 'RECEIVING' constraint upload_state
               check (state in ('RECEIVING', 'CHECKING', 'PASSED', 'FAILED', 'PUBLISHED', 'CANCELLED')),
  failure      text,
  card         jsonb,
  findings     jsonb,
  facts        jsonb,
  edition      int not null default 0,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint upload_failure_state check (failure is null or state in ('FAILED', 'CANCELLED'))
);
create index upload_person_idx on upload (person_id, created_at);
create index upload_batch_idx on upload (batch_id);
create index upload_publisher_idx on upload (publisher_id);
create index upload_adapter_idx on upload (adapter_id);
create index upload_open_idx on upload (updated_at) where state not in ('PUBLISHED', 'CANCELLED');

create table upload_file (
  id             bigint generated always as identity primary key,
  upload_id      uuid not null constraint upload_file_upload references upload on delete cascade,
  name           text not null constraint upload_file_name_length check (length(name) between 1 and 255),
  kind           text not null constraint upload_file_kind check (kind in ('KEPT', 'ARCHIVE', 'IGNORED')),
  size           bigint not null constraint upload_file_size check (size >= 0),
  sha256         text constraint upload_file_blob references blob,
  receiver       uuid,
  receiver_until timestamptz,
  constraint upload_file_name_unique unique (upload_id, name),
  constraint upload_file_kept check (sha256 is null or kind = 'KEPT'),
  constraint upload_file_receiver check ((receiver is null) = (receiver_until is null))
);
create index upload_file_blob_idx on upload_file (sha256);

-- What has arrived of a file that is not whole: the parts follow each other without gaps.
create table upload_part (
  id         bigint generated always as identity primary key,
  file_id    bigint not null constraint upload_part_file references upload_file on delete cascade,
  start      bigint not null constraint upload_part_start check (start >= 0),
  size       bigint not null constraint upload_part_size check (size > 0),
  object_key text not null constraint upload_part_object_unique unique,
  sha256     text not null constraint upload_part_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint upload_part_start_unique unique (file_id, start)
);

-- How much each member sent on each day (UTC).
create table upload_day (
  person_id bigint not null constraint upload_day_person references person on delete cascade,
  day       date not null,
  bytes     bigint not null constraint upload_day_bytes check (bytes >= 0),
  constraint upload_day_pk primary key (person_id, day)
);
