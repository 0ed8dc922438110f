-- When a base model is registered, its adapters are noted at the commit, so that those are among them that were published
-- while the registration went on.
drop trigger base_model_changed on base_model;
create constraint trigger base_model_changed after insert or delete or update of name, model_type, parameters on base_model
  deferrable initially deferred for each row execute function note_base_model_change();
