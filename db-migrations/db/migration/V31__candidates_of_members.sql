-- The adapters that a member has put together for a composition, so that they are there in every browser of theirs.
create table candidate_list (
  person_id bigint constraint candidate_list_pk primary key
            constraint candidate_list_person references person on delete cascade,
  adapters  bigint[] not null
);
