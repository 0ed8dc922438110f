-- Who sent a content in a commit first, for the storage that a member uses.
alter table repository_blob
  add column person_id bigint constraint repository_blob_person references person on delete set null;
create index repository_blob_person_idx on repository_blob (person_id);
