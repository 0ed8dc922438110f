alter table composition_run rename column wish to stop_request;
alter table composition_run rename constraint composition_run_wish to composition_run_stop_request;
alter table upload rename column check_trouble to check_interruption;
