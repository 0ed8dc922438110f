-- Where a visitor's runs and questions come from, as a hash: one computer must not take the places of all visitors.
alter table composition_run add column network text;
alter table composition_trial add column network text;
create index composition_run_network_idx on composition_run (network) where network is not null;
create index composition_trial_network_idx on composition_trial (network) where network is not null;
