#!/usr/bin/env bash
# Run a command beside Debian's PostgreSQL instead of the wheel's: `scripts/debian_postgres.sh pytest -q tests/vault`.
# The server lives in a folder of its own for as long as the command does, and listens on a socket there alone.
set -euo pipefail

if ! compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null; then
  echo "Debian's PostgreSQL is not installed; installing it needs root once." >&2
  apt-get install -y -qq postgresql >/dev/null
fi
bin=$(dirname "$(compgen -G "/usr/lib/postgresql/*/bin/initdb" | sort -V | tail -1)")
folder=$(mktemp -d)
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
chmod 755 "$folder"

as "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
as "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -o "-k $folder -c listen_addresses='' -c max_connections=200" start >/dev/null
trap 'as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null; rm -rf "$folder"' EXIT
echo "$("$bin/postgres" --version), in $folder"
COLLOQUE_TEST_POSTGRES="$folder" "$@"
