-- The rights of moderators and administrators need a scope that is asked for when the token is made; no token has it yet.
alter table access_token drop constraint access_token_scope;
alter table access_token add constraint access_token_scope check (scope in ('READ', 'WRITE', 'ADMINISTER'));
