-- A search for the beginning of a word asks for the words themselves where there are few. For a beginning, the index collects all
-- adapters with any such word before it looks at another condition.

-- The words of all cards. Words that no card has any more stay: they find nothing. Two transactions that bring the same
-- new word don't wait for each other, so it may be here twice.
create table search_word (word text not null);
insert into search_word select word from ts_stat('select document from adapter_text');
create index search_word_idx on search_word (word text_pattern_ops);
analyze search_word;

create function add_search_words() returns trigger language plpgsql as $$
begin
  insert into search_word
  select w from unnest(tsvector_to_array(new.document)) w where not exists (select from search_word s where s.word = w);
  return null;
end $$;
create trigger adapter_text_words after insert or update of document on adapter_text
  for each row execute function add_search_words();
