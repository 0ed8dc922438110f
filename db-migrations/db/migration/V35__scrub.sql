-- When a content was last read to its end and compared with its SHA-256, since it came.
alter table blob add column read_at timestamptz;
create index blob_read_at_idx on blob (coalesce(read_at, created_at));
