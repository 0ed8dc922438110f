-- Whether everybody finds an adapter in lists; the same as ModeratedEntity.isListed.
alter table adapter add column listed boolean not null
  generated always as (visibility = 'PUBLIC' and state <> 'TAKEN_DOWN') stored;
