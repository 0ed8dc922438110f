-- Visitors compose tasks of their own, see io.lorahub.composition.form. Their drafts belong to their cookie, as their runs do.

alter table composition_draft drop constraint composition_draft_pk;
alter table composition_draft
  add column id bigint generated always as identity constraint composition_draft_pk primary key,
  alter column person_id drop not null,
  add column visitor text,
  add column network text,
  add column expires_at timestamptz,
  add constraint composition_draft_person_key unique (person_id),
  add constraint composition_draft_visitor_key unique (visitor),
  add constraint composition_draft_owner check ((person_id is null) <> (visitor is null)),
  add constraint composition_draft_expires check ((visitor is null) = (expires_at is null));
create index composition_draft_network_idx on composition_draft (network, saved_at) where network is not null;
create index composition_draft_expires_idx on composition_draft (expires_at) where expires_at is not null;
comment on column composition_draft.visitor is 'SHA-256 of a visitor''s cookie in hex; null for a member.';
comment on column composition_draft.network is 'SHA-256 of a visitor''s network address in hex; null for a member.';

-- For the number of runs per day: a run that its visitor deletes, or takes along to an account, still counts.
create table visitor_start (
  network    text not null,
  started_at timestamptz not null
);
create index visitor_start_network_idx on visitor_start (network, started_at);
create index visitor_start_started_at_idx on visitor_start (started_at);
