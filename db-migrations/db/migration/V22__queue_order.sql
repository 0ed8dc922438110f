-- Each waiting run keeps its place in the queue, so that the next one is found by an index however many wait. The column
-- priority is no longer read.

alter table composition_queue
  add column run_id uuid generated always as (case when task_name = 'composition' then task_instance::uuid end) stored,
  add column turn double precision not null default 0;
comment on column composition_queue.turn is
  'Whoever has the lowest is next. In seconds: when it began to wait, and what its owner and its priority add to that.';

update composition_queue q set turn = extract(epoch from r.queued_at) - 3000 * r.priority
  from composition_run r where r.id = q.run_id;

create index composition_queue_run_idx on composition_queue (run_id);
create index composition_queue_turn_idx on composition_queue (turn, execution_time) where not picked;

-- The runs of one owner, in the order in which they wait.
create index composition_run_person_waiting_idx on composition_run (person_id, priority desc, queued_at, id)
  where state = 'QUEUED' and person_id is not null;
create index composition_run_visitor_waiting_idx on composition_run (visitor, priority desc, queued_at, id)
  where state = 'QUEUED' and visitor is not null;
create index composition_run_running_idx on composition_run (started_at) where state = 'RUNNING';

-- For a visitor's own list, and for what failed lately.
create index composition_run_visitor_idx on composition_run (visitor, created_at desc) where visitor is not null;
create index composition_run_failed_idx on composition_run (ended_at desc) where state = 'FAILED';

alter table composition_run add column given_up boolean not null default false;
comment on column composition_run.given_up is
  'Whether it failed because no worker got further with it, and not because of what was asked for.';
