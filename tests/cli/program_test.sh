#!/usr/bin/env bash
# Tests the real program on an SQLite file: a first session, exit codes, and where output goes.
#   program_test.sh RESCUESTREAM_CLI
set -euo pipefail
cli=$1
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
unset CONFIG_FILE DATABASE_URL API_SECRET RESCUESTREAM_SERVER MEDIA_SECRET ON_DUPLICATE LEGACY_PATH_KEYS
unset MEDIAMTX_PUBLIC_URL MEDIAMTX_HLS_URL MEDIAMTX_RTSP_URL MEDIAMTX_RTMP_URL MEDIAMTX_SRT_URL
export DATA_DIR=$directory/data MEDIAMTX_API_URL=http://127.0.0.1:1

fail() {
    echo "program_test: $*" >&2
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

expect 0 --version
has out "rescuestream-cli "
expect 2
expect 2 key

# Only db migrate creates a database.
expect 4 broadcaster list
has err "db migrate"
expect 4 db status
has err "db migrate"
[ ! -e "$DATA_DIR/rescuestream.db" ] || fail "a command that reads has created a database"
expect 0 db migrate
has out "up to date"
expect 0 db status
has out "up to date"
[ "$(stat -c %a "$DATA_DIR")" = 700 ] || fail "others can read the data directory"

expect 0 broadcaster add "Drone team" --metadata '{"unit":"alpha"}' --quiet
broadcaster=$(cat out)
expect 0 key create --broadcaster "Drone team" --label "Drone 1" --path live/drone1
has out "rtmp://localhost:1935/live/drone1?pass=sk_"
expect 4 key create --broadcaster "$broadcaster" --path live/drone1
has err "rescuestream-cli: "
expect 2 key create --broadcaster "$broadcaster" --path /live/drone1
has err "--path: "
expect 0 key list --json
has out '"playback_path":"live/drone1"'
expect 3 stream show 00000000-0000-7000-8000-000000000000
[ -s out ] && fail "an error was written to the output"
expect 0 key revoke "Drone 1" --yes
has out "revoked"
expect 0 audit list
has out "delete  stream key"

# Reverting the whole schema deletes all data.
expect 2 db migrate --to 0
has err "--yes"
expect 0 db migrate --to 0 --yes
has out "Schema    0 of "
expect 4 broadcaster list

# Servers that cannot be reached.
DATABASE_URL=postgresql://127.0.0.1:1/none expect 6 broadcaster list
has err "rescuestream-cli: "
DATABASE_URL=mysql://x expect 2 broadcaster list
has err "DATABASE_URL"
API_SECRET=a-secret expect 6 --server http://127.0.0.1:1 broadcaster list
has err "no program listens at 127.0.0.1:1"
API_SECRET=a-secret expect 6 --server http://nowhere.invalid broadcaster list
has err "the name nowhere.invalid does not resolve"
API_PORT=1 expect 1 health
has out "no program listens at 127.0.0.1:1"
expect 2 --server http://127.0.0.1:1 broadcaster list
has err "--api-secret-file"
expect 2 hook ready
has err "MTX_PATH"

# A reader that has what it wants is no error.
for _ in 1 2 3; do
    "$cli" completion bash 2>err | head -n 1 >out
    [ -s err ] && fail "a reader that ended was an error"
    has out "# bash completion"
done

# A list that is watched ends with Ctrl-C, and its terminal is as it was.
expect 0 db migrate
code=0
timeout --preserve-status -s INT 3 "$cli" broadcaster list --watch 1 >out 2>err || code=$?
[ "$code" -eq 0 ] || fail "exit code $code after an interruption"
[ "$(grep -c "Ctrl-C ends it" out)" -ge 2 ] || fail "the list was not shown again"

# Output to a full disk is an error.
code=0
"$cli" completion bash >/dev/full 2>err || code=$?
[ "$code" -eq 1 ] || fail "exit code $code after output that was lost"
echo "program_test: passed"
