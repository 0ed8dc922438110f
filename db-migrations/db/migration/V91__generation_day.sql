-- What models have written on each day, which stays when the requests are forgotten after a day.

create table generation_day (
  day      date constraint generation_day_pk primary key,
  requests bigint not null,
  tokens   bigint not null
);
comment on column generation_day.day is 'In UTC, on which the requests were made. Requests that are not forgotten yet are not counted.';
