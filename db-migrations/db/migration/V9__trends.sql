-- Trends without a clock: weights grow with the day instead of shrinking with age (forward decay: Cormode, Shkapenyuk,
-- Srivastava, Xu, "Forward decay", 2009), so the order of all adapters stays right until something happens to one, and
-- only that one is computed anew. A download of a week ago is worth half of one today; a like five downloads.

-- log2 of Σ events · 2^(weeks since 2020); the largest power is taken out of the sum, which would overflow some day.
create function adapter_trend(adapter bigint) returns double precision language sql stable as $$
  select coalesce(max(w.last) + ln(sum(w.events * power(2.0::double precision, w.week - w.last))) / ln(2.0::double precision), 0)
  from (select d.week, d.events, max(d.week) over () as last
        from (select (day - date '2020-01-01') / 7.0::double precision as week,
                     downloads + 5 * greatest(likes, 0) as events
              from adapter_day
              where adapter_id = adapter and day > current_date - 150) d
        where d.events > 0) w
$$;

create function note_adapter_trend() returns trigger language plpgsql as $$
begin
  update adapter set trend = adapter_trend(new.adapter_id) where id = new.adapter_id;
  return null;
end $$;
create trigger adapter_trend_changed after insert or update on adapter_day
  for each row execute function note_adapter_trend();

update adapter a set trend = adapter_trend(a.id) where exists (select from adapter_day d where d.adapter_id = a.id);
