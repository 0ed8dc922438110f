-- What the pool of workers keeps about itself and about runs that it could not do.

alter table composition_run
  add column lost int not null default 0 constraint composition_run_lost check (lost >= 0);
comment on column composition_run.lost is 'How often in a row it was left by its worker without one more evaluation.';

alter table worker
  add column cores int not null default 0 constraint worker_cores check (cores >= 0);

create index composition_run_active_idx on composition_run (queued_at) where state in ('QUEUED', 'RUNNING');
