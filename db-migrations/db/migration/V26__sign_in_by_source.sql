-- Wrong passwords are counted by who tries as well: somebody else's tries must not lock out the owner of a name. The
-- counts of a quarter of an hour are all that is lost.
drop table sign_in_try;
create table sign_in_try (
  name    text not null constraint sign_in_try_name_length check (length(name) <= 39),
  source  text not null constraint sign_in_try_source_length check (length(source) <= 100),
  tries   int not null constraint sign_in_try_tries check (tries > 0),
  last_at timestamptz not null default now(),
  constraint sign_in_try_pk primary key (name, source)
);
create index sign_in_try_last_idx on sign_in_try (last_at);

-- Browsers in which a person has signed in with the right password, known by a cookie (OWASP calls it a device cookie).
create table known_browser (
  id           bigint generated always as identity primary key,
  person_id    bigint not null constraint known_browser_person references person on delete cascade,
  secret_hash  bytea not null,
  last_used_at timestamptz not null default now(),
  constraint known_browser_secret_unique unique (secret_hash, person_id)
);
create index known_browser_person_idx on known_browser (person_id);

-- When the person last showed in this session who they are, by password or through the organisation.
alter table person_session add column authenticated_at timestamptz not null default now();
update person_session set authenticated_at = created_at;
create index person_session_expires_idx on person_session (expires_at);
create index person_session_last_seen_idx on person_session (last_seen_at);

-- Where the request came from; null for what LoraHub did by itself, and for what is older than this column.
alter table audit_entry add column address text constraint audit_entry_address_length check (length(address) <= 100);
