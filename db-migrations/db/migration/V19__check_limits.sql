-- Checks that need more memory or time than they may have are given up sooner than those that an outage broke off.
alter table upload add column check_overruns int not null default 0
  constraint upload_check_overruns check (check_overruns >= 0);
-- A sentence: what broke the checks off the last time, to be told when they are given up.
alter table upload add column check_trouble text;
