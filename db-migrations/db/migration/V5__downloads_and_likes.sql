-- What happened to an adapter on each day (UTC): of this, trends are made.
create table adapter_day (
  adapter_id bigint not null constraint adapter_day_adapter references adapter on delete cascade,
  day        date not null,
  downloads  int not null default 0 constraint adapter_day_downloads check (downloads >= 0),
  likes      int not null default 0,
  constraint adapter_day_pk primary key (adapter_id, day)
);
create index adapter_day_day_idx on adapter_day (day);

-- CRC-32 of what was once packed into a zip, whose headers hold it before the content.
create table blob_crc32 (
  sha256 text constraint blob_crc32_pk primary key constraint blob_crc32_blob references blob on delete cascade,
  crc32  bigint not null constraint blob_crc32_range check (crc32 between 0 and 4294967295)
);
