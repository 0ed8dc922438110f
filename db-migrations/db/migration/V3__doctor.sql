-- What the doctor leaves: checks to be done, fingerprints, who is like whom.

-- Of db-scheduler, whose columns these are.
create table upload_check_queue (
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
  priority             smallint,
  constraint upload_check_queue_pk primary key (task_name, task_instance)
);
create index upload_check_queue_due_idx on upload_check_queue (execution_time);
create index upload_check_queue_beat_idx on upload_check_queue (last_heartbeat);

-- Of a weights file, whoever has it: similar ones share at least one bucket. No foreign key to blob, because a
-- fingerprint alone is no reason to keep a file; it goes when the file goes.
create table fingerprint (
  sha256  text constraint fingerprint_pk primary key
          constraint fingerprint_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
  buckets int[] not null,
  content bytea not null
);
create index fingerprint_buckets_idx on fingerprint using gin (buckets);

create function forget_fingerprint() returns trigger language plpgsql as $$
begin
  delete from fingerprint where sha256 = old.sha256;
  return old;
end $$;
create trigger blob_fingerprint after delete on blob for each row execute function forget_fingerprint();

-- The newer version is like the older one of another adapter. 1: each change is a multiple of the other's.
create table near_duplicate (
  version_id bigint not null constraint near_duplicate_version references adapter_version on delete cascade,
  other_id   bigint not null constraint near_duplicate_other references adapter_version on delete cascade,
  similarity double precision not null constraint near_duplicate_similarity check (similarity between 0 and 1),
  constraint near_duplicate_pk primary key (version_id, other_id),
  constraint near_duplicate_others check (version_id <> other_id)
);
create index near_duplicate_other_idx on near_duplicate (other_id);
