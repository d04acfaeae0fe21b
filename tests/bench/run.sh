#!/usr/bin/env bash
# Measures a release build of the server on a PostgreSQL of its own, prints one table, and leaves
# nothing behind. Options are those of rescuestream_bench, e.g. `tests/bench/run.sh --keys 2000`.
# Exit code 1: a target was missed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
build_dir=${RESCUESTREAM_BENCH_BUILD:-$source_dir/build/release}

if [ -z "${RESCUESTREAM_TEST_POSTGRES:-}" ]; then
    if [ -f "$build_dir/CMakeCache.txt" ]; then
        cmake "$build_dir" >/dev/null
    else
        cmake --preset release -S "$source_dir" -B "$build_dir" >/dev/null
    fi
    cmake --build "$build_dir" --target rescuestream-server rescuestream_bench
    exec "$source_dir/tests/support/postgres_cluster.sh" "$here/run.sh" "$@"
fi

# From here on: inside the throw-away cluster.
free_port() {
    local port
    while true; do
        port=$((20000 + RANDOM % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
}

work_dir=$(mktemp -d)
server_pid=""
# shellcheck disable=SC2317 # the trap calls it
cleanup() {
    if [ -n "$server_pid" ]; then
        kill "$server_pid" 2>/dev/null || true
        wait "$server_pid" 2>/dev/null || true
    fi
    rm -rf "$work_dir"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

API_PORT=$(free_port)
API_SECRET=$(od -An -N 24 -tx1 /dev/urandom | tr -d ' \n')
export API_PORT API_SECRET
export DATABASE_URL=$RESCUESTREAM_TEST_POSTGRES
export DATA_DIR=$work_dir LOG_LEVEL=warn METRICS_ENABLED=false
# A port that nothing listens on: a media server that answers would tell the truth about our
# invented streams, and they would end.
export MEDIAMTX_API_URL=http://127.0.0.1:1 NODE_LOST_AFTER=86400

"$build_dir/bin/rescuestream-server" >"$work_dir/server.log" 2>&1 &
server_pid=$!
for _ in $(seq 200); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$API_PORT") 2>/dev/null; then
        break
    fi
    if ! kill -0 "$server_pid" 2>/dev/null; then
        cat "$work_dir/server.log" >&2
        exit 2
    fi
    sleep 0.05
done

status=0
"$build_dir/bin/rescuestream_bench" --port "$API_PORT" --server-pid "$server_pid" "$@" || status=$?
if [ "$status" -eq 2 ]; then
    cat "$work_dir/server.log" >&2
fi
exit "$status"
