-- Files of a base model's import that are in the store already, so that another machine fetches only the rest.

create table base_model_import_file (
  import_id uuid not null constraint base_model_import_file_import references base_model_import on delete cascade,
  name      text not null,
  sha256    text not null constraint base_model_import_file_blob references blob,
  constraint base_model_import_file_pk primary key (import_id, name)
);
create index base_model_import_file_blob_idx on base_model_import_file (sha256);
