-- A candidate whose adapter was deleted: the run keeps what it found, and what the candidate was called.
alter table composition_candidate add column address text, add column label text;
update composition_candidate c set address = p.name || '/' || a.name, label = v.label
  from adapter_version v join adapter a on a.id = v.adapter_id join publisher p on p.id = a.publisher_id
  where v.id = c.version_id;
alter table composition_candidate
  alter column address set not null,
  alter column label set not null,
  alter column version_id drop not null,
  drop constraint composition_candidate_version,
  add constraint composition_candidate_version foreign key (version_id) references adapter_version on delete set null;
