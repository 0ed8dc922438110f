alter table base_model_registration add column folder text;
comment on column base_model_registration.folder is
  'On a machine of the hub, until its files are copied to the store; null if they are there.';
