#!/bin/sh
# Makes the role that servers write as, when the PostgreSQL image makes its database: see docker-compose.yml.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
\getenv password POSTGRES_PASSWORD
CREATE ROLE config_writer LOGIN PASSWORD :'password';
SQL
