#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. `./test.sh --help` says more.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=cmake/bootstrap.sh
. cmake/bootstrap.sh

usage() {
    cat <<'HELP'
Usage: ./test.sh [--fast] [--preset NAME] [-- CTEST-ARGUMENT…]
       ./test.sh [--preset NAME] --chaos [--minutes N] [--seed S] [--keep]

Installs what is missing (Debian packages, as root or with sudo), builds, starts a throw-away
PostgreSQL, and runs all tests with ctest, whose last lines show the result.

  --fast         for quick checks while editing: the dev preset, without the slow tests (real MediaMTX, package,
                 documents, clang-tidy)
  --preset NAME  another build preset: dev release asan tsan coverage fuzz (default: release)
  --chaos        only the chaos suite, in full (tests/chaos): faults for 5 minutes, or --minutes N;
                 --seed S replays the faults of another run
  --help         this text
  -- ARGUMENT…   passed to ctest, for instance: ./test.sh --fast -- -R storage

The tests with a real media server use $MEDIAMTX_BIN, or mediamtx on PATH; without one they are
skipped, and ctest says so.
HELP
}

preset=release
fast=()
chaos=
while [ $# -gt 0 ]; do
    case $1 in
        --fast)
            preset=dev
            fast=(--label-exclude slow --exclude-regex '^(e2e|package)')
            ;;
        --preset)
            [ $# -ge 2 ] || die "--preset needs a name"
            preset=$2
            shift
            ;;
        --preset=*) preset=${1#*=} ;;
        --chaos)
            # All arguments that follow belong to the suite.
            chaos=yes
            shift
            break
            ;;
        --help | -h)
            usage
            exit
            ;;
        --)
            shift
            break
            ;;
        *)
            die "no such option: $1 (./test.sh --help lists them)"
            ;;
    esac
    shift
done
case $preset in
    dev | release | asan | tsan | coverage) more=() ;;
    fuzz) more=("${packages_for_clang[@]}") ;;
    *) die "no such preset: $preset (dev release asan tsan coverage fuzz)" ;;
esac

forget_settings
find_mediamtx
if [ -n "$mediamtx" ]; then
    export MEDIAMTX_BIN=$mediamtx
    [ ${#fast[@]} -gt 0 ] || more+=("${packages_to_test_with_mediamtx[@]}")
    say "MediaMTX: $mediamtx ($("$mediamtx" --version 2>/dev/null | head -n 1))"
else
    say "MediaMTX: none found (set MEDIAMTX_BIN or PATH): the tests with a real one will be skipped"
fi
install_missing "${packages_to_build[@]}" "${packages_to_test[@]}" "${more[@]}"
if [ -n "$chaos" ]; then
    build "$preset" rescuestream-server rescuestream-cli
    export RESCUESTREAM_SERVER=$PWD/build/$preset/bin/rescuestream-server
    export RESCUESTREAM_CLI=$PWD/build/$preset/bin/rescuestream-cli
    exec tests/chaos/chaos.py "$@"
fi
build "$preset"

say "running the tests of the $preset preset"
exec tests/support/postgres_cluster.sh \
    ctest --preset "$preset" "${fast[@]}" "$@" </dev/null
