#!/usr/bin/env bash
# postgres_cluster.sh COMMAND…: runs COMMAND with a PostgreSQL of its own, whose address is in
# RESCUESTREAM_TEST_POSTGRES (database "postgres", superuser), and removes all of it afterwards.
# The exit code is that of COMMAND.
set -euo pipefail

if [ $# -eq 0 ]; then
    echo "usage: postgres_cluster.sh COMMAND..." >&2
    exit 2
fi

# Debian keeps the server's programs out of PATH.
programs=""
for candidate in /usr/lib/postgresql/*/bin "$(dirname "$(command -v initdb || echo /)")"; do
    if [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ]; then
        programs=$candidate
    fi
done
if [ -z "$programs" ]; then
    echo "postgres_cluster.sh: no PostgreSQL server found (Debian package postgresql)" >&2
    exit 1
fi

# PostgreSQL refuses to run as root.
as_server=()
if [ "$(id -u)" -eq 0 ]; then
    as_server=(runuser -u postgres --)
fi

directory=$(mktemp -d "${TMPDIR:-/tmp}/rescuestream-pg-XXXXXX")
command_pid=""
# shellcheck disable=SC2317 # the trap calls it
cleanup() {
    trap - EXIT INT TERM HUP
    if [ -n "$command_pid" ]; then
        kill "$command_pid" 2>/dev/null || true
        wait "$command_pid" 2>/dev/null || true
    fi
    (cd / && "${as_server[@]}" "$programs/pg_ctl" -D "$directory/data" -m immediate -w stop) \
        >/dev/null 2>&1 || true
    rm -rf "$directory"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

password=$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \n')
(umask 077 && printf '%s\n' "$password" >"$directory/password")
if [ "$(id -u)" -eq 0 ]; then
    chown -R postgres: "$directory"
fi
chmod 0700 "$directory"

# The rest runs in a directory that the other user may enter.
server() {
    (cd / && "${as_server[@]}" "$@")
}

server "$programs/initdb" --pgdata="$directory/data" --username=postgres \
    --pwfile="$directory/password" --auth-local=trust --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 >"$directory/log" 2>&1 || {
    cat "$directory/log" >&2
    exit 1
}

# Between looking for a free port and taking it another program may have taken it: try again.
port=""
for _ in 1 2 3 4 5 6 7 8; do
    candidate=$((20000 + RANDOM % 12000))
    if (exec 3<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null; then
        continue
    fi
    if server "$programs/pg_ctl" -D "$directory/data" -l "$directory/data/log" -w -t 30 -o \
        "-p $candidate -k $directory -c listen_addresses=127.0.0.1 -c max_connections=200" \
        start >/dev/null 2>&1; then
        port=$candidate
        break
    fi
done
if [ -z "$port" ]; then
    cat "$directory/data/log" >&2 || true
    echo "postgres_cluster.sh: PostgreSQL does not start" >&2
    exit 1
fi

export RESCUESTREAM_TEST_POSTGRES="postgresql://postgres:$password@127.0.0.1:$port/postgres"
export RESCUESTREAM_TEST_POSTGRES_DATA="$directory/data"

# COMMAND runs in the background, so that a signal is handled at once, and has our standard input.
"$@" <&0 &
command_pid=$!
status=0
wait "$command_pid" || status=$?
command_pid=""
exit "$status"
