#!/usr/bin/env bash
# guard.sh [REVISION]: is this tree slower than REVISION (HEAD~1)? Builds the server of both, sends both
# the same requests in alternation on one PostgreSQL, and prints ratios. Exit code 1: the median time
# or the processor time of a request to /auth is more than 1.25 times what it was.
# More arguments are options of run.sh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
revision=${1:-HEAD~1}
[ $# -eq 0 ] || shift

directory=$(mktemp -d)
# shellcheck disable=SC2317 # the trap calls it
cleanup() {
    git -C "$source_dir" worktree remove --force "$directory/tree" 2>/dev/null || true
    rm -rf "$directory"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

git -C "$source_dir" worktree add --quiet --detach "$directory/tree" "$revision"
# With these settings ccache reuses results of the same sources in another directory.
export CCACHE_BASEDIR=$directory/tree CCACHE_NOHASHDIR=1
{
    cmake --preset release -S "$directory/tree" -B "$directory/build"
    cmake --build "$directory/build" --target rescuestream-server
} >"$directory/log" 2>&1 || {
    tail -n 40 "$directory/log" >&2
    exit 2
}
unset CCACHE_BASEDIR CCACHE_NOHASHDIR
"$here/run.sh" --rounds 5 --guard "$directory/build/bin/rescuestream-server" "$@"
