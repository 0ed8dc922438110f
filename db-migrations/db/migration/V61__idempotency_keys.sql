-- One table for the idempotency keys of all requests. A key is remembered as long as what it created.

create table idempotency_key (
  id             bigint generated always as identity constraint idempotency_key_pk primary key,
  person_id      bigint not null constraint idempotency_key_person references person on delete cascade,
  key            text not null constraint idempotency_key_length check (length(key) between 1 and 200),
  -- of the request as it was sent; null for a run of an earlier release, until its request is repeated
  request_sha256 text constraint idempotency_key_request_form check (request_sha256 ~ '^[0-9a-f]{64}$'),
  run_id         uuid constraint idempotency_key_run references composition_run on delete cascade,
  task_id        uuid constraint idempotency_key_task references worker_task on delete cascade,
  constraint idempotency_key_result check (num_nonnulls(run_id, task_id) = 1)
);
create unique index idempotency_key_of_runs_idx on idempotency_key (person_id, key) where run_id is not null;
create unique index idempotency_key_of_tasks_idx on idempotency_key (person_id, key) where task_id is not null;
create index idempotency_key_person_idx on idempotency_key (person_id);
create index idempotency_key_run_idx on idempotency_key (run_id);
create index idempotency_key_task_idx on idempotency_key (task_id);

insert into idempotency_key (person_id, key, run_id)
select person_id, idempotency_key, id from composition_run
where person_id is not null and length(idempotency_key) > 0;

alter table composition_run drop column idempotency_key;
