#!/bin/sh
# A user and a database for the hub, and others for Keycloak: neither can do anything with those of the other.
set -eu
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres \
  --set=hub="$(cat /run/secrets/hub-database-password)" --set=keycloak="$(cat /run/secrets/keycloak-database-password)" <<'SQL'
CREATE USER lorahub PASSWORD :'hub';
CREATE DATABASE lorahub OWNER lorahub;
REVOKE CONNECT ON DATABASE lorahub FROM PUBLIC;
CREATE USER keycloak PASSWORD :'keycloak';
CREATE DATABASE keycloak OWNER keycloak;
REVOKE CONNECT ON DATABASE keycloak FROM PUBLIC;
SQL
