-- Each commit keeps the list of all files, which counts as storage of its author.
alter table repository_commit add column tree_bytes bigint not null default 0;
update repository_commit set tree_bytes = octet_length(tree::text);
drop index repository_commit_author_idx;
create index repository_commit_author_idx on repository_commit (author_id) include (tree_bytes);
