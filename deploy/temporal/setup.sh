#!/bin/sh
# Makes or updates Temporal's tables, in the image temporalio/admin-tools. Running it again changes nothing.
set -eu
SQL_PASSWORD=$(cat /run/secrets/temporal-database-password)
export SQL_PASSWORD

tables() {
    temporal-sql-tool --plugin postgres12 --ep temporal-postgres -u temporal -p 5432 --db "$1" create || true
    # Fails where they are there already; then only the update is wanted.
    temporal-sql-tool --plugin postgres12 --ep temporal-postgres -u temporal -p 5432 --db "$1" setup-schema -v 0.0 || true
    temporal-sql-tool --plugin postgres12 --ep temporal-postgres -u temporal -p 5432 --db "$1" update-schema \
        -d "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

tables temporal temporal
tables temporal_visibility visibility
