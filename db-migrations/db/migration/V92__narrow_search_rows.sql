-- Searches count, rank and sort by rows of some hundred bytes: the words of the whole card lie outside of them, because the
-- index answers for these, and what lists are ordered by lies in them.

set local maintenance_work_mem = '512MB'; -- for the indexes

create table search_text (
  adapter_id bigint not null,
  -- Name, title, tags, publisher.
  head       tsvector not null,
  -- The head and the rest of the card.
  document   tsvector not null,
  -- As in the listing; null for all other adapters.
  facets     text[],
  trend      double precision,
  downloads  bigint,
  likes      int,
  listed_at  timestamptz
) with (fillfactor = 90); -- counting a download changes the row in its page, so no index changes
alter table search_text alter column document set storage external;
alter table search_text alter column head set statistics 300, alter column document set statistics 300;

insert into search_text
select t.adapter_id, t.head, t.document, l.facets, l.trend, l.downloads, l.likes, l.listed_at
from adapter_text t left join listing l on l.adapter_id = t.adapter_id;

drop table adapter_text;
alter table search_text rename to adapter_text;
alter table adapter_text
  add constraint adapter_text_pk primary key (adapter_id),
  add constraint adapter_text_adapter foreign key (adapter_id) references adapter on delete cascade;
create index adapter_text_head_idx on adapter_text using gin (head, facets);
create index adapter_text_document_idx on adapter_text using gin (document, facets);
analyze adapter_text;

create or replace function list_adapters(ids bigint[]) returns void language sql as $$
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
  update adapter_text t set (facets, trend, downloads, likes, listed_at) = (l.facets, l.trend, l.downloads, l.likes, l.listed_at)
  from unnest(ids) id left join listing l on l.adapter_id = id
  where t.adapter_id = id
    and (t.facets, t.trend, t.downloads, t.likes, t.listed_at)
        is distinct from (l.facets, l.trend, l.downloads, l.likes, l.listed_at);
$$;
