-- Codes of an authenticator app (RFC 6238) beside the password, for those who want them.
create table second_factor (
  person_id    bigint constraint second_factor_pk primary key
               constraint second_factor_person references person on delete cascade,
  secret       text not null constraint second_factor_secret_length check (length(secret) between 16 and 128),
  confirmed_at timestamptz,
  last_step    bigint not null default 0
);

-- For who has lost the app; each works once. Only the SHA-256 is kept.
create table recovery_code (
  id          bigint generated always as identity primary key,
  person_id   bigint not null constraint recovery_code_person references second_factor on delete cascade,
  secret_hash bytea not null,
  constraint recovery_code_unique unique (person_id, secret_hash)
);

alter table one_time_link drop constraint one_time_link_purpose;
alter table one_time_link add constraint one_time_link_purpose
  check (purpose in ('FIRST_ADMIN', 'RESET_PASSWORD', 'SIGN_IN_CODE'));
