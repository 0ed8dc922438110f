alter table composition_run drop constraint composition_run_stop_request;
alter table composition_run add constraint composition_run_stop_request check (stop_request in ('PAUSE', 'CANCEL', 'FINISH'));
