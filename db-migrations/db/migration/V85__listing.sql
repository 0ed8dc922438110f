-- Lists come from the database, so that no process holds all adapters. What finds, orders and counts them is apart from the
-- adapters, in rows of 400 bytes instead of 2,000.

drop trigger adapter_changed on adapter;
drop function note_adapter_change;
drop trigger base_model_changed on base_model;
drop function note_base_model_change;
drop table adapter_change;
drop function adapters_with_text(tsquery);
drop function adapters_with_head(tsquery);
drop function adapters_with_words_like(text);
drop index adapter_words_idx;

-- The adapters that everybody finds in lists.
create table listing (
  adapter_id bigint constraint listing_pk primary key
             constraint listing_adapter references adapter on delete cascade,
  -- publisher/name
  address    text not null,
  -- Values by which lists are narrowed, each as facet=value. Family and size come from the base model.
  facets     text[] not null,
  -- Words of the name and the title, each as word=value, for searches that find nothing.
  words      text[] not null,
  trend      double precision not null,
  downloads  bigint not null,
  likes      int not null,
  -- In milliseconds, as in the addresses of pages.
  listed_at  timestamptz not null
);
create index listing_facets_idx on listing using gin (facets);
create index listing_address_idx on listing using gin (address gin_trgm_ops);
create index listing_trend_idx on listing (trend, adapter_id);
create index listing_downloads_idx on listing (downloads, adapter_id);
create index listing_likes_idx on listing (likes, adapter_id);
create index listing_listed_at_idx on listing (listed_at, adapter_id);
-- The other orders of Hugging Face clients, which counting a download doesn't change.
create index adapter_created_at_idx on adapter (created_at, id) where listed;
create index adapter_updated_at_idx on adapter (updated_at, id) where listed;

-- The number of listed adapters with each value.
create table facet_count (
  facet    text,
  value    text,
  adapters int not null,
  constraint facet_count_pk primary key (facet, value)
);
create index facet_count_adapters_idx on facet_count (facet, adapters desc, value);
create index facet_count_spelling_idx on facet_count (facet, lower(value));
create index facet_count_word_idx on facet_count using gin (value gin_trgm_ops) where facet = 'word';
create index facet_count_unused_idx on facet_count (facet) where adapters = 0;

-- What a transaction has changed, until it commits.
create table facet_change (
  id       bigint generated always as identity constraint facet_change_pk primary key,
  entries  text[] not null,
  adapters int[] not null
);

-- Counts at the commit, one transaction at a time: the rows of common values are locked for a moment, and always after all
-- others, so two transactions never wait for each other.
create function count_facets() returns trigger language plpgsql as $$
begin
  if not exists (select from facet_change where id = new.id) then return null; end if;
  perform pg_advisory_xact_lock(hashtext('facet_count'));
  with change as (delete from facet_change returning entries, adapters)
  insert into facet_count as c (facet, value, adapters)
  select split_part(e.entry, '=', 1), substr(e.entry, strpos(e.entry, '=') + 1), sum(e.adapters)
  from change, unnest(change.entries, change.adapters) as e (entry, adapters)
  group by e.entry having sum(e.adapters) <> 0
  on conflict (facet, value) do update set adapters = c.adapters + excluded.adapters;
  delete from facet_count where adapters = 0;
  return null;
end $$;
create constraint trigger facet_changed after insert on facet_change
  deferrable initially deferred for each row execute function count_facets();

create function note_facets() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into facet_change (entries, adapters)
    select array_agg(entry), array_agg(n) from
      (select entry, count(*) as n from after, unnest(facets || words) entry group by entry) c having count(*) > 0;
  elsif tg_op = 'DELETE' then
    insert into facet_change (entries, adapters)
    select array_agg(entry), array_agg(-n) from
      (select entry, count(*) as n from before, unnest(facets || words) entry group by entry) c having count(*) > 0;
  else
    insert into facet_change (entries, adapters)
    select array_agg(entry), array_agg(n) from
      (select entry, sum(n) as n
       from (select unnest(a.facets || a.words) as entry, 1 as n from after a join before b using (adapter_id)
             where (a.facets, a.words) <> (b.facets, b.words)
             union all
             select unnest(b.facets || b.words), -1 from after a join before b using (adapter_id)
             where (a.facets, a.words) <> (b.facets, b.words)) e
       group by entry having sum(n) <> 0) c having count(*) > 0;
  end if;
  return null;
end $$;
create trigger listing_inserted after insert on listing referencing new table as after
  for each statement execute function note_facets();
create trigger listing_updated after update on listing referencing old table as before new table as after
  for each statement execute function note_facets();
create trigger listing_deleted after delete on listing referencing old table as before
  for each statement execute function note_facets();

-- The facets of listed adapters beside their texts, too, so that one index finds both; null for all others. Vectors lie in
-- the rows, up to a page, because some thousand rows are read at most. Statistics say which words are so common that reading
-- some rows is faster than reading the index.
alter table adapter_text add column facets text[];
alter table adapter_text set (toast_tuple_target = 8160);
alter table adapter_text alter column head set statistics 300, alter column document set statistics 300;
drop index adapter_text_head_idx;
drop index adapter_text_document_idx;
update adapter_text set head = head || ''::tsvector, document = document || ''::tsvector;

create function list_adapters(ids bigint[]) returns void language sql as $$
  delete from listing l using adapter a where a.id = any (ids) and not a.listed and l.adapter_id = a.id;
  insert into listing as l (adapter_id, address, facets, words, trend, downloads, likes, listed_at)
  select a.id, p.name || '/' || a.name,
         array['base=' || a.base_model, 'licence=' || a.licence, 'rank=' || a.rank, 'publisher=' || p.name]
         || array(select distinct 'tag=' || tag from unnest(a.tags) tag order by 1)
         || array(select distinct 'language=' || language from unnest(a.languages) language order by 1)
         || array(select distinct 'module=' || module from unnest(a.target_modules) module order by 1),
         array(select distinct 'word=' || word from regexp_split_to_table(lower(a.name || ' ' || a.title), '[^[:alnum:]]+') word
               where word ~ '^[[:alpha:]]{3,}$' order by 1),
         a.trend, a.downloads, a.likes, date_trunc('milliseconds', coalesce(a.listed_at, a.created_at))
  from adapter a join publisher p on p.id = a.publisher_id
  where a.id = any (ids) and a.listed
  on conflict (adapter_id) do update set
    (address, facets, words, trend, downloads, likes, listed_at) =
    (excluded.address, excluded.facets, excluded.words, excluded.trend, excluded.downloads, excluded.likes, excluded.listed_at)
  where (l.address, l.facets, l.words, l.trend, l.downloads, l.likes, l.listed_at) <>
    (excluded.address, excluded.facets, excluded.words, excluded.trend, excluded.downloads, excluded.likes, excluded.listed_at);
  update adapter_text t set facets = (select l.facets from listing l where l.adapter_id = t.adapter_id)
  where t.adapter_id = any (ids)
    and t.facets is distinct from (select l.facets from listing l where l.adapter_id = t.adapter_id);
$$;

create function list_changed_adapters() returns trigger language plpgsql as $$
begin
  perform list_adapters(array(select id from after));
  return null;
end $$;
create trigger adapter_listing_insert after insert on adapter referencing new table as after
  for each statement execute function list_changed_adapters();
create trigger adapter_listing_update after update on adapter referencing new table as after
  for each statement execute function list_changed_adapters();

create function list_adapters_of_publisher() returns trigger language plpgsql as $$
begin
  perform list_adapters(array(select id from adapter where publisher_id = new.id));
  return null;
end $$;
create trigger publisher_listing after update of name on publisher
  for each row when (old.name <> new.name) execute function list_adapters_of_publisher();

-- Rows that were there before this migration.
select list_adapters(array(select id from adapter));
create index adapter_text_head_idx on adapter_text using gin (head);
create index adapter_text_document_idx on adapter_text using gin (document, facets);
