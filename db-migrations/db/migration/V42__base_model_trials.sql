-- What was found when a base model was registered. Null for models that were registered before.

alter table base_model
  add chat_template boolean,
  add continuation  text constraint base_model_continuation_length check (length(continuation) <= 200);
