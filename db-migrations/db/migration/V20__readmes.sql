-- What the README of an upload says of its card, read once, when it came; null for other files and those of earlier releases.
alter table upload_file add column card jsonb;
