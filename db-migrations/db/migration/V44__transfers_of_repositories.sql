-- Files that clients of the Hugging Face Hub send before the commit that names them (Git LFS, Xet).

-- A secret address to send one file to (sha256 and size), or the contents of several files in pieces (neither).
create table repository_transfer (
  id            uuid constraint repository_transfer_pk primary key,
  repository_id bigint not null constraint repository_transfer_repository references repository on delete cascade,
  person_id     bigint not null constraint repository_transfer_person references person on delete cascade,
  sha256        text constraint repository_transfer_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
  size          bigint constraint repository_transfer_size check (size > 0),
  created_at    timestamptz not null default now(),
  constraint repository_transfer_file check ((sha256 is null) = (size is null))
);
create index repository_transfer_repository_idx on repository_transfer (repository_id);
create index repository_transfer_person_idx on repository_transfer (person_id);
create index repository_transfer_created_idx on repository_transfer (created_at);

-- A piece that has arrived, in staging: a numbered part of the file, or a xorb by its hash.
create table repository_transfer_part (
  transfer_id uuid not null constraint repository_transfer_part_transfer references repository_transfer on delete cascade,
  name        text not null,
  object_key  text not null,
  size        bigint not null constraint repository_transfer_part_size check (size > 0),
  sha256      text not null,
  constraint repository_transfer_part_pk primary key (transfer_id, name)
);

-- When a content arrived that no commit names yet; null for those in commits.
alter table repository_blob add column received_at timestamptz;
create index repository_blob_received_idx on repository_blob (received_at) where received_at is not null;

-- Branches other than main, and tags other than the labels of versions.
create table repository_ref (
  id            bigint generated always as identity constraint repository_ref_pk primary key,
  repository_id bigint not null constraint repository_ref_repository references repository on delete cascade,
  branch        boolean not null,
  name          text not null
                constraint repository_ref_name_form check (name ~ '^[A-Za-z0-9][A-Za-z0-9._/-]*$' and length(name) <= 100),
  oid           text not null constraint repository_ref_commit references repository_commit on delete cascade,
  constraint repository_ref_name_unique unique (repository_id, branch, name)
);
create index repository_ref_commit_idx on repository_ref (oid);

-- The commit before it, for commits on other branches than main; null on main, where they are in order of their numbers.
alter table repository_commit
  add column parent text constraint repository_commit_parent references repository_commit on delete cascade;
create index repository_commit_parent_idx on repository_commit (parent);

-- Names that repositories had before, which lead to their present ones.
create table former_name (
  publisher_id  bigint not null constraint former_name_publisher references publisher on delete cascade,
  name          text not null,
  repository_id bigint not null constraint former_name_repository references repository on delete cascade,
  constraint former_name_pk primary key (publisher_id, name)
);
create index former_name_repository_idx on former_name (repository_id);
