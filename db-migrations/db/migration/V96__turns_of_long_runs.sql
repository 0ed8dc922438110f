alter table composition_run add column gave_way_at timestamptz;
comment on column composition_run.gave_way_at is
  'When it last went back into the queue because runs of others waited; null if it never did. Its owner''s other runs come after these, too.';
