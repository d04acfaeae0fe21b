#!/usr/bin/env bash
# Runs the commands that `db backup` and `db restore` print for a PostgreSQL database, and copies databases with the
# real program.
#   postgres_test.sh RESCUESTREAM_CLI
set -euo pipefail
cli=$1
if [ -z "${RESCUESTREAM_TEST_POSTGRES:-}" ]; then
    echo "skipped: RESCUESTREAM_TEST_POSTGRES names no PostgreSQL server; tests/support/postgres_cluster.sh starts one"
    exit 77
fi
directory=$(mktemp -d)
database=rescuestream_cli_$$
address=${RESCUESTREAM_TEST_POSTGRES%/*}/$database
authority=${address#*://}
password=${authority#*:}
export PGPASSWORD=${password%%@*}
without_password=${address/:$PGPASSWORD@/@}

sql() {
    psql --quiet --dbname="${without_password%/*}/$1" -c "$2"
}
cleanup() {
    sql postgres "DROP DATABASE IF EXISTS $database WITH (FORCE)"
    rm -rf "$directory"
}
trap cleanup EXIT
sql postgres "CREATE DATABASE $database"
cd "$directory"
unset CONFIG_FILE API_SECRET RESCUESTREAM_SERVER
export DATA_DIR=$directory/data MEDIAMTX_API_URL=memory: DATABASE_URL=$address

fail() {
    echo "postgres_test: $*" >&2
    cat out err >&2
    exit 1
}
# expect CODE ARGUMENT…: runs the program; afterwards its output is in `out` and `err`.
expect() {
    local expected=$1 code=0
    shift
    "$cli" "$@" >out 2>err </dev/null || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code instead of $expected: $*"
}
has() { grep -qF -- "$2" "$1" || fail "no \"$2\" in $1"; }

expect 0 db migrate
expect 0 broadcaster add "Before the backup"

# The printed commands work as they are, with the password in PGPASSWORD.
expect 8 db backup backup.dump
! grep -qF "$PGPASSWORD" out err || fail "the password was printed"
has err PGPASSWORD
sh -eu out
expect 0 broadcaster add "After the backup"
expect 8 db restore backup.dump
sh -eu out
expect 0 broadcaster list
has out "Before the backup"
! grep -qF "After the backup" out || fail "the restore left what the backup does not have"

# To SQLite and back, and every digest is the same.
expect 2 db copy "$DATABASE_URL" "sqlite:$directory/copy.db"
expect 0 db copy env:DATABASE_URL "sqlite:$directory/copy.db" --json
grep -o '"tables":.*' out >there
sql "$database" "DROP SCHEMA rescuestream CASCADE"
expect 0 db copy "sqlite:$directory/copy.db" "$without_password" --json
grep -o '"tables":.*' out >back
cmp there back || fail "the copies differ"
expect 4 db copy "sqlite:$directory/copy.db" "$without_password"
has err "is not empty"
expect 0 broadcaster list
has out "Before the backup"
echo "postgres_test: passed"
