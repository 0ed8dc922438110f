-- Weights of adapters that were deleted while they were taken down; otherwise a deletion would undo the take-down.
create table taken_down_weights (
  publisher_id bigint not null constraint taken_down_weights_publisher references publisher on delete cascade,
  sha256       text not null,
  address      text not null,
  constraint taken_down_weights_pk primary key (publisher_id, sha256)
);
