-- Tells processes that wait for the checks of an upload that these have ended, however they did (ChangeEvents).

create function notify_upload_checked() returns trigger language plpgsql as $$
begin
  perform pg_notify('changed', old.id::text);
  return null;
end $$;

create trigger upload_checked after update of state on upload for each row
  when (old.state = 'CHECKING' and new.state <> 'CHECKING') execute function notify_upload_checked();
create trigger upload_deleted_in_checks after delete on upload for each row
  when (old.state = 'CHECKING') execute function notify_upload_checked();
