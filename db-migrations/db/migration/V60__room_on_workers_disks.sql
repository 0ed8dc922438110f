-- What a worker's disk has no room for: base models whose runs it can't take, and why, as a clause.

alter table worker add column no_room_for text[] not null default '{}';
alter table worker add column shortage text constraint worker_shortage check (shortage is null or no_room_for <> '{}');
