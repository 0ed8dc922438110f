-- Wrong passwords are counted by the name that was typed, whether or not anybody has it: what is answered must not tell.
create table sign_in_try (
  name    text constraint sign_in_try_pk primary key constraint sign_in_try_name_length check (length(name) <= 39),
  tries   int not null constraint sign_in_try_tries check (tries > 0),
  last_at timestamptz not null default now()
);
create index sign_in_try_last_idx on sign_in_try (last_at);

-- Names of deleted accounts. Nobody gets one again, as links to the old owner's work would lead to somebody else's.
create table retired_name (
  name       text constraint retired_name_pk primary key,
  retired_at timestamptz not null default now()
);

-- Who came back from the organisation's sign-in and has to say which account that is.
create table organisation_arrival (
  id           bigint generated always as identity primary key,
  secret_hash  bytea not null constraint organisation_arrival_secret_unique unique,
  issuer       text not null,
  subject      text not null,
  label        text not null constraint organisation_arrival_label_length check (length(label) <= 254),
  display_name text not null constraint organisation_arrival_display_name_length check (length(display_name) <= 100),
  email        text constraint organisation_arrival_email_length check (length(email) <= 254),
  expires_at   timestamptz not null
);
create index organisation_arrival_expires_idx on organisation_arrival (expires_at);
