#!/usr/bin/env bash
# run.sh [--pgbouncer] PROGRAM…: runs PROGRAM with a PostgreSQL of its own, because these tests change
# roles, databases, pg_hba.conf and TLS. Exit code 77: skipped, because the caller did not start a
# PostgreSQL for the other tests either, or PgBouncer is needed and not installed.
set -euo pipefail

if [ -z "${RESCUESTREAM_TEST_POSTGRES:-}" ]; then
    echo "skipped: RESCUESTREAM_TEST_POSTGRES names no PostgreSQL server;" \
        "tests/support/postgres_cluster.sh starts one"
    exit 77
fi
if [ "$1" = --pgbouncer ]; then
    shift
    if ! command -v pgbouncer >/dev/null && [ ! -x /usr/sbin/pgbouncer ]; then
        echo "skipped: PgBouncer is not installed (Debian package pgbouncer)"
        exit 77
    fi
fi
exec "$(dirname "$0")/../support/postgres_cluster.sh" "$@"
