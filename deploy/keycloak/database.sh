#!/bin/sh
# Keycloak's own database and role in the composition's PostgreSQL, as its owner (PGHOST, PGUSER, PGPASSWORD, PGDATABASE).
# Idempotent: where both are there, the role gets the password that stands in PF_KEYCLOAK_SECRETS.
set -eu
# In psql's memory alone: no process table shows it, and no log a statement that failed.
export PGOPTIONS='-c log_min_error_statement=panic -c log_statement=none'
exec psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 <<SQL
\\set password \`cat "$PF_KEYCLOAK_SECRETS/database"\`
select 'create role keycloak' where not exists (select from pg_roles where rolname = 'keycloak') \\gexec
alter role keycloak with login nosuperuser nocreatedb nocreaterole password :'password';
select 'create database keycloak owner keycloak' where not exists (select from pg_database where datname = 'keycloak') \\gexec
revoke all on database keycloak from public;
SQL
