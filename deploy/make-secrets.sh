#!/bin/sh
# Makes the secrets of compose.yaml in deploy/secrets, once: what is there is never written over, since the database was
# created with it and everything in it is sealed under the master key.
set -eu
umask 077
folder="$(dirname "$0")/secrets"
if [ -e "$folder" ]; then
  echo "$folder exists already; nothing was changed" >&2
  exit 1
fi
random() { od -An -tx1 -N32 /dev/urandom | tr -d ' \n'; }
aside="$folder.new.$$"
mkdir "$aside"
owner="$(random)"
gateway="$(random)"
printf %s "$owner" >"$aside/owner-password"
printf %s "$gateway" >"$aside/gateway-password"
random >"$aside/postgres-password"
random >"$aside/master-key"
printf %s "postgres://tollgate_owner:$owner@postgres/tollgate" >"$aside/database-migrate-url"
printf %s "postgres://tollgate_gateway:$gateway@postgres/tollgate" >"$aside/database-url"
# Containers see the files with the owner they have here, and run as other users. The folder keeps everybody else out.
chmod 444 "$aside"/*
mv "$aside" "$folder"
echo "Made $folder. Keep a copy of master-key apart from the database's backups: without it nothing can be opened."
