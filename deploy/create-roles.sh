#!/bin/sh
# Run by the image of PostgreSQL when it makes an empty database: the owner of the tables, and the role the gateway runs as.
set -eu
psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres \
  --set=owner_password="$(cat /run/secrets/owner-password)" \
  --set=gateway_password="$(cat /run/secrets/gateway-password)" <<'SQL'
create role tollgate_owner login password :'owner_password';
create role tollgate_gateway login password :'gateway_password';
create database tollgate owner tollgate_owner;
SQL
