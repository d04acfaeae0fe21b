#!/usr/bin/env bash
# sanitized.sh [--soak N] [--preset asan|tsan] [--no-build]: the server, built with the sanitizers
# of the presets asan (address, undefined behaviour, leaks) and tsan (data races), under the load of
# the benchmark: N (60000) mixed requests, then hostile clients, on PostgreSQL and on SQLite.
# Exit code 1: a sanitizer reported something, or an answer was wrong or missing. What the server
# printed stays in build/sanitized.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
# The load generator is not slowed down: a release build.
release_dir=${RESCUESTREAM_BENCH_BUILD:-$source_dir/build/release}
requests=60000
presets=(asan tsan)
build=yes

while [ $# -gt 0 ]; do
    case $1:${2:-} in
        --soak:[1-9]*) requests=$2 && shift ;;
        --preset:asan | --preset:tsan) presets=("$2") && shift ;;
        --no-build:*) build=no ;;
        *)
            sed -n '2,6s/^# //p' "$0"
            [ "$1" = --help ] || [ "$1" = -h ] || exit 2
            exit 0
            ;;
    esac
    shift
done

# build_target PRESET DIRECTORY TARGET
build_target() {
    [ -f "$2/CMakeCache.txt" ] || cmake --preset "$1" -S "$source_dir" -B "$2" >/dev/null
    cmake --build "$2" --target "$3" >&2
}
if [ "$build" = yes ]; then
    build_target release "$release_dir" rescuestream_bench
    for preset in "${presets[@]}"; do
        build_target "$preset" "$source_dir/build/$preset" rescuestream-server
    done
fi

# There is no log_path, because GCC's libubsan ignores it beside libasan. All of them write where
# the server does. Only the address sanitizer cannot continue after a finding.
export ASAN_OPTIONS=detect_leaks=1:exitcode=66:strict_string_checks=1
ASAN_OPTIONS+=:detect_stack_use_after_return=1:check_initialization_order=1
export UBSAN_OPTIONS=print_stacktrace=1:suppressions=$source_dir/tests/support/ubsan.supp
export TSAN_OPTIONS=exitcode=66:second_deadlock_stack=1:history_size=4
export RESCUESTREAM_BENCH_BUILD=$release_dir

logs=$source_dir/build/sanitized
mkdir -p "$logs"
failed=()

# run NAME PRESET OPTION...: a bench of its own, on a PostgreSQL of its own. Time limits are ten
# times as long: how slow the server is does not matter here.
run() {
    local name=$1 preset=$2 log=$logs/$1.log began=$SECONDS verdict=good
    shift 2
    rm -f "$log"
    printf '\n== %s\n' "$name"
    "$source_dir/tests/support/postgres_cluster.sh" "$here/run.sh" --time-factor 10 \
        --server "$source_dir/build/$preset/bin/rescuestream-server" --server-log "$log" "$@" ||
        verdict="wrong or missing answers, or the server did not end with code 0"
    if [ ! -f "$log" ]; then
        verdict="the server did not start"
    elif grep -Eq 'Sanitizer|runtime error:' "$log"; then
        verdict="FINDINGS in $log"
        grep -E '^SUMMARY: |runtime error:|Sanitizer: ' "$log" | sed 's/(pid=[0-9]*)//' | sort |
            uniq -c | sort -rn
    fi
    printf '== %s: %s; %s s\n' "$name" "$verdict" "$((SECONDS - began))"
    [ "$verdict" = good ] || failed+=("$name: $verdict")
}

for preset in "${presets[@]}"; do
    for database in postgresql sqlite; do
        options=()
        [ "$database" = postgresql ] || options=(--sqlite)
        run "$preset-$database-soak" "$preset" --soak "$requests" "${options[@]}"
        run "$preset-$database-hostile" "$preset" --hostile "${options[@]}"
    done
done

if [ ${#failed[@]} -gt 0 ]; then
    printf '\nsanitized.sh: failed\n'
    printf '  %s\n' "${failed[@]}"
    exit 1
fi
printf '\nsanitized.sh: no finding, every answer was right\n'
