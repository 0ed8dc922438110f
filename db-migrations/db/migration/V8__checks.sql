-- How often the checks of an upload were begun: files that end the process of the checks must not do so for ever.
alter table upload add column check_tries int not null default 0
  constraint upload_check_tries check (check_tries >= 0);
