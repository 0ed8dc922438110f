-- Lists show the family and the size of an adapter's base model, so its adapters are read again when a model is
-- registered, changed or removed.
create index adapter_base_model_idx on adapter (base_model);

create function note_base_model_change() returns trigger language plpgsql as $$
begin
  insert into adapter_change (adapter_id)
  select id from adapter where base_model in (old.name, new.name);
  return null;
end $$;
create trigger base_model_changed after insert or delete or update of name, model_type, parameters on base_model
  for each row execute function note_base_model_change();
