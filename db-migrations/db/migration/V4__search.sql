-- Finding adapters: the text of their cards, and what tells every process that a listing changed.

create extension if not exists pg_trgm;

-- English stemming without stop words: "the", "un" and "no" are names of adapters.
create text search dictionary hub_stem (template = snowball, language = english);
create text search configuration hub (copy = english);
alter text search configuration hub alter mapping replace english_stem with hub_stem;

-- When it was first public: "newest" and the feed go by it, not by when a draft was begun.
alter table adapter add column listed_at timestamptz;
create index adapter_publisher_idx on adapter (publisher_id, id);

create function note_adapter_listing() returns trigger language plpgsql as $$
begin
  if new.listed_at is null and new.visibility = 'PUBLIC' then
    new.listed_at := now();
  end if;
  return new;
end $$;
create trigger adapter_listing before insert or update of visibility on adapter
  for each row execute function note_adapter_listing();

-- What lists show of a version, so that they need not read its facts: bars of the norms, size, base model.
alter table adapter_version
  add column strip text not null default '',
  add column bytes bigint not null generated always as (coalesce((facts ->> 'bytes')::bigint, 0)) stored;

-- A change log with the writing transaction. Who polls keeps the oldest transaction that was still running at its last
-- look and asks for all from there on, so it misses nothing, however late a transaction commits. Deletions are in it too.
-- The old revision numbers could not promise this.
drop trigger adapter_revision_bump on adapter;
drop function bump_adapter_revision;
alter table adapter drop column revision;
drop sequence adapter_revision;

create table adapter_change (
  id         bigint generated always as identity constraint adapter_change_pk primary key,
  adapter_id bigint not null,
  changed_in xid8 not null default pg_current_xact_id(),
  changed_at timestamptz not null default now()
);
create index adapter_change_changed_in_idx on adapter_change (changed_in);

create function note_adapter_change() returns trigger language plpgsql as $$
begin
  insert into adapter_change (adapter_id) values (coalesce(new.id, old.id));
  return null;
end $$;
create trigger adapter_changed after insert or update or delete on adapter
  for each row execute function note_adapter_change();

-- The searchable text, apart from the adapter: counting a download must not rewrite it. Long vectors lie outside the row,
-- so that a search which finds a great part of all adapters reads fewer pages.
create table adapter_text (
  adapter_id bigint constraint adapter_text_pk primary key
             constraint adapter_text_adapter references adapter on delete cascade,
  -- Name, title, tags, publisher.
  head       tsvector not null,
  -- The head and the rest of the card.
  document   tsvector not null
) with (toast_tuple_target = 128);
create index adapter_text_head_idx on adapter_text using gin (head);
create index adapter_text_document_idx on adapter_text using gin (document);

-- What a misspelt word is compared with.
create index adapter_words_idx on adapter using gin ((name || ' ' || lower(title)) gin_trgm_ops);

create function adapters_with_words_like(word text) returns table (id bigint, words text)
  language sql stable set pg_trgm.word_similarity_threshold = 0.45 as $$
  select a.id, a.name || ' ' || lower(a.title) from adapter a
  where word <% (a.name || ' ' || lower(a.title))
  order by word <<-> (a.name || ' ' || lower(a.title)) limit 200
$$;

-- The head also as written, so that the beginning of a word finds it ("unhappin", whose stem is "unhappi").
create function write_adapter_text(a adapter) returns void language sql as $$
  insert into adapter_text (adapter_id, head, document)
  select a.id, t.head, t.head || setweight(to_tsvector('hub', t.more), 'C') || setweight(to_tsvector('hub', t.long), 'D')
  from (select setweight(to_tsvector('hub', u.short), 'A') || setweight(to_tsvector('simple', u.short), 'A')
               || setweight(to_tsvector('hub', u.around), 'B') || setweight(to_tsvector('simple', u.around), 'B') as head,
               u.more, u.long
        from (select concat_ws(' ', a.name, translate(a.name, '-._', '   '), a.title) as short,
                     concat_ws(' ', array_to_string(a.tags, ' '), translate(array_to_string(a.tags, ' '), '-_', '  '),
                               p.name, p.title) as around,
                     concat_ws(' ', a.summary, a.base_model, translate(a.base_model, '-_/', '   '), a.example_input,
                               a.example_output) as more,
                     concat_ws(' ', left(a.description, 10000), a.training_data, a.intended_use) as long
              from publisher p
              where p.id = a.publisher_id) u) t
  on conflict (adapter_id) do update set head = excluded.head, document = excluded.document
$$;

-- Ids as four bytes each: forty thousand of them as rows would take longer than the search. The planner does not see that
-- reading all vectors is far dearer than the index, so it is not asked.
create function adapters_with_text(query tsquery) returns bytea
  language sql stable set enable_seqscan = off set max_parallel_workers_per_gather = 0 as $$
  select string_agg(int4send(adapter_id::int), '') from adapter_text where document @@ query
$$;
create function adapters_with_head(query tsquery) returns bytea
  language sql stable set enable_seqscan = off set max_parallel_workers_per_gather = 0 as $$
  select string_agg(int4send(adapter_id::int), '') from adapter_text where head @@ query
$$;

create function adapter_text_of_adapter() returns trigger language plpgsql as $$
begin
  perform write_adapter_text(new);
  return null;
end $$;
create trigger adapter_text_insert after insert on adapter
  for each row execute function adapter_text_of_adapter();
create trigger adapter_text_update after update on adapter
  for each row
  when ((old.name, old.title, old.summary, old.description, old.tags, old.base_model, old.example_input,
         old.example_output, old.training_data, old.intended_use, old.publisher_id)
        is distinct from
        (new.name, new.title, new.summary, new.description, new.tags, new.base_model, new.example_input,
         new.example_output, new.training_data, new.intended_use, new.publisher_id))
  execute function adapter_text_of_adapter();

create function adapter_text_of_publisher() returns trigger language plpgsql as $$
begin
  perform write_adapter_text(a) from adapter a where a.publisher_id = new.id;
  return null;
end $$;
create trigger adapter_text_publisher after update of name, title on publisher
  for each row when ((old.name, old.title) is distinct from (new.name, new.title))
  execute function adapter_text_of_publisher();

-- Rows that were there before this migration.
update adapter set listed_at = created_at where visibility = 'PUBLIC';
select write_adapter_text(a) from adapter a;
