-- How often a run was lost in all: one that ends its worker after each point gets on, and would never be given up.
alter table composition_run add column losses integer not null default 0;
