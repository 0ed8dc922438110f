-- Repositories in which there is no adapter are moderated as adapters are. Reports, appeals and decisions belong to the
-- repository, so that they stay when an adapter is published in it.

alter table repository
  add column state        text not null default 'ACTIVE'
                          constraint repository_state check (state in ('ACTIVE', 'CHANGES_REQUESTED', 'TAKEN_DOWN')),
  add column state_reason text,
  add column updated_at   timestamptz not null default now(),
  add column edition      int not null default 0,
  add constraint repository_reason check ((state = 'ACTIVE') = (state_reason is null));
update repository r set updated_at =
  coalesce((select max(created_at) from repository_commit where repository_id = r.id), created_at);

-- Until now, adapters got theirs when a client first asked.
insert into repository (publisher_id, name, adapter_id, created_at, updated_at)
  select a.publisher_id, a.name, a.id, a.created_at, a.created_at from adapter a
  where not exists (select from repository r where r.adapter_id = a.id)
  on conflict (publisher_id, name) do update set adapter_id = excluded.adapter_id;

create function add_adapter_repository() returns trigger language plpgsql as $$
begin
  insert into repository (publisher_id, name, adapter_id) values (new.publisher_id, new.name, new.id)
    on conflict (publisher_id, name) do update set adapter_id = excluded.adapter_id;
  return null;
end $$;
create trigger adapter_repository after insert on adapter for each row execute function add_adapter_repository();

alter table report
  add column repository_id bigint constraint report_repository references repository on delete cascade;
update report set repository_id = r.id from repository r where r.adapter_id = report.adapter_id;
alter table report alter column repository_id set not null, drop column adapter_id;
create unique index report_open_unique on report (repository_id, reporter_id) where closed_at is null;
create index report_repository_idx on report (repository_id);

alter table appeal
  add column repository_id bigint constraint appeal_repository references repository on delete cascade;
update appeal set repository_id = r.id from repository r where r.adapter_id = appeal.adapter_id;
alter table appeal alter column repository_id set not null, drop column adapter_id;
create unique index appeal_open_unique on appeal (repository_id) where closed_at is null;
create index appeal_repository_idx on appeal (repository_id);

alter table decision
  add column repository_id bigint constraint decision_repository references repository on delete cascade;
update decision set repository_id = r.id from repository r where r.adapter_id = decision.adapter_id;
alter table decision alter column repository_id set not null, drop column adapter_id;
create index decision_repository_idx on decision (repository_id, id);
