-- Workers on one machine divide its memory, see io.lorahub.composition.model.WorkerDevice.

alter table worker add column machine text;
comment on column worker.machine is 'Workers with the same one share memory; null if a limit is set.';
