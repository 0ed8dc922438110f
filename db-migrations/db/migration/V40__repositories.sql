-- Adapters as repositories of the Hugging Face Hub's protocol: what each commit held, under ids that never change.

create table repository (
  id           bigint generated always as identity constraint repository_pk primary key,
  publisher_id bigint not null constraint repository_publisher references publisher on delete cascade,
  name         text not null constraint repository_name_form check (name ~ '^[a-z0-9]([-._]?[a-z0-9])*$'),
  adapter_id   bigint constraint repository_adapter_unique unique
               constraint repository_adapter references adapter on delete cascade,
  visibility   text not null default 'PRIVATE' constraint repository_visibility
               check (visibility in ('PRIVATE', 'UNLISTED', 'PUBLIC')),
  card_sha256  text constraint repository_card_sha256_form check (card_sha256 ~ '^[0-9a-f]{64}$'),
  created_at   timestamptz not null default now(),
  constraint repository_name_unique unique (publisher_id, name)
);

create table repository_commit (
  oid           text constraint repository_commit_pk primary key
                constraint repository_commit_oid_form check (oid ~ '^[0-9a-f]{40}$'),
  repository_id bigint not null constraint repository_commit_repository references repository on delete cascade,
  number        int not null constraint repository_commit_number check (number > 0),
  title         text not null,
  message       text not null default '',
  author_id     bigint constraint repository_commit_author references person on delete set null,
  version_id    bigint constraint repository_commit_version references adapter_version on delete set null,
  tree          jsonb not null,
  created_at    timestamptz not null default now(),
  constraint repository_commit_number_unique unique (repository_id, number)
);
create index repository_commit_author_idx on repository_commit (author_id);
create index repository_commit_version_idx on repository_commit (version_id);

-- The contents of all commits of a repository.
create table repository_blob (
  repository_id bigint not null constraint repository_blob_repository references repository on delete cascade,
  sha256        text not null constraint repository_blob_blob references blob,
  constraint repository_blob_pk primary key (repository_id, sha256)
);
create index repository_blob_blob_idx on repository_blob (sha256);
