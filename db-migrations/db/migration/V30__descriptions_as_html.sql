-- The description of an adapter as HTML, made once for each text: source is the SHA-256 of the text that it was made of.
create table adapter_description (
  adapter_id bigint constraint adapter_description_pk primary key
             constraint adapter_description_adapter references adapter on delete cascade,
  source     text not null,
  html       text not null
);
