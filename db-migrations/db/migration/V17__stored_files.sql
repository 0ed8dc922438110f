-- A zip names the CRC-32 of a file before its content. It is computed beside the SHA-256 as the file comes; null for
-- files that came before this column, until someone asks for a zip of them.
alter table blob add column crc32 bigint constraint blob_crc32_range check (crc32 between 0 and 4294967295);
update blob b set crc32 = c.crc32 from blob_crc32 c where c.sha256 = b.sha256;
-- It referred to blobs, so whatever had once been in a zip was never swept.
drop table blob_crc32;
alter table upload_part add column crc32 bigint constraint upload_part_crc32_range check (crc32 between 0 and 4294967295);

-- When the object was found missing or damaged; null as far as is known to be sound. Sending the same bytes again heals it.
alter table blob add column unusable_since timestamptz;
create index blob_unusable_idx on blob (unusable_since) where unusable_since is not null;

-- Content that is being published, or has been and is not referred to yet: the sweep leaves it alone until then.
create table blob_hold (
  id         uuid not null,
  sha256     text not null constraint blob_hold_blob references blob,
  held_until timestamptz not null,
  constraint blob_hold_pk primary key (id, sha256)
);
create index blob_hold_blob_idx on blob_hold (sha256);
