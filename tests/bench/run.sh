#!/usr/bin/env bash
# Measures a release build of the server on a PostgreSQL of its own, prints ratios and one table,
# and removes everything that it made. README.md tells what is measured and how; `run.sh --help`
# prints the options.
# Exit code 1: a target was missed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
build_dir=${RESCUESTREAM_BENCH_BUILD:-$source_dir/build/release}

for argument in "$@"; do
    if [ "$argument" = --help ] || [ "$argument" = -h ]; then
        exec python3 "$here/bench.py" --help
    fi
done
if [ -z "${RESCUESTREAM_TEST_POSTGRES:-}" ]; then
    if [ -f "$build_dir/CMakeCache.txt" ]; then
        cmake "$build_dir" >/dev/null
    else
        cmake --preset release -S "$source_dir" -B "$build_dir" >/dev/null
    fi
    cmake --build "$build_dir" --target rescuestream-server rescuestream_bench \
        rescuestream_bench_bare_route >&2
    exec "$source_dir/tests/support/postgres_cluster.sh" "$here/run.sh" "$@"
fi

# From here on, the script runs inside the throw-away cluster.
export RESCUESTREAM_BENCH_PROGRAMS=$build_dir/bin PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/bench.py" "$@"
