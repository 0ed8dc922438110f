-- A base model on its way into the hub is an upload like that of an adapter: received in parts, checked, and then
-- registered in place of being published. What is under way goes on: checks begin with the files that are here, and
-- imports fetch what is missing.

alter table upload
  add column base_model text,
  add column source_folder text,
  add column check_begun_at timestamptz,
  alter column person_id drop not null,
  add constraint upload_owner check (person_id is not null or base_model is not null),
  add constraint upload_source_folder check (source_folder is null or base_model is not null);
comment on column upload.base_model is 'The name under which a base model is registered; null for an adapter.';
comment on column upload.source_folder is 'On a machine of the hub, from which the files are copied; null if they come from elsewhere.';
create index upload_base_model_idx on upload (base_model) where base_model is not null;

insert into upload (id, batch_id, person_id, state, card, findings, base_model, source_folder, check_tries,
                    check_overruns, check_interruption, check_begun_at, created_at, updated_at)
select id, id, person_id,
       case when state = 'AVAILABLE' then 'PUBLISHED' when state = 'REFUSED' then 'FAILED'
            when folder is not null then 'RECEIVING' else 'CHECKING' end,
       jsonb_strip_nulls(jsonb_build_object('summary', summary, 'licence', licence)),
       case when state = 'REFUSED' then findings end,
       name, folder, tries, overruns, interruption, begun_at, created_at, coalesce(ended_at, now())
  from base_model_registration;
insert into upload_file (upload_id, name, kind, size, sha256)
select f.registration_id, f.name, 'KEPT', b.size, f.sha256
  from base_model_registration_file f join blob b using (sha256);
update upload_check_queue set task_instance = task_instance || '/' || gen_random_uuid()
 where task_name = 'base-model-check';

alter table base_model_import
  add column upload_id uuid constraint base_model_import_upload references upload on delete set null;
create index base_model_import_upload_idx on base_model_import (upload_id);
update base_model_import i set upload_id = i.registration_id
 where exists (select from upload u where u.id = i.registration_id);

-- whole files that are here need not be fetched again
insert into upload (id, batch_id, person_id, state, card, base_model)
select id, id, person_id, 'RECEIVING', jsonb_strip_nulls(jsonb_build_object('summary', summary, 'licence', licence)), name
  from base_model_import where ended_at is null and registration_id is null and files is not null;
insert into upload_file (upload_id, name, kind, size, sha256, expected_sha256)
select i.id, f->>'name', 'KEPT', (f->>'size')::bigint, s.sha256, f->>'sha256'
  from base_model_import i join upload u on u.id = i.id cross join jsonb_array_elements(i.files) f
  left join base_model_import_file s on s.import_id = i.id and s.name = f->>'name';
update base_model_import i set upload_id = i.id, state = 'FETCHING'
 where exists (select from upload u where u.id = i.id);

alter table base_model_import drop column registration_id, drop column fetched;
drop table base_model_import_file, base_model_registration_file, base_model_registration;
