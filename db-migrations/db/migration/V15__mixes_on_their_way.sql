-- What a run has made and a member publishes is an upload that nobody sends: it waits for the doctor like any other, and
-- is published when it has passed. Weights by the id of the version that is a part; null for what was sent.
alter table upload add column run_id uuid constraint upload_run references composition_run on delete set null;
alter table upload add column parts jsonb constraint upload_parts check (jsonb_typeof(parts) = 'object');
create index upload_run_idx on upload (run_id) where run_id is not null;
