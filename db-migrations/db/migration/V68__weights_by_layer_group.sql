-- The weights of a part in each group of layers outlive the run that found them.

alter table version_part add column group_weights jsonb;
comment on column version_part.group_weights is
  'By the names of the layer groups; null if the part has one weight for all layers. weight is the one farthest from 0.';

update version_part p set group_weights = r.result->'layer_weights'->c.address
  from adapter_version v join composition_run r on r.id = v.run_id join composition_candidate c on c.run_id = r.id
  where v.id = p.version_id and c.version_id = p.part_id;
