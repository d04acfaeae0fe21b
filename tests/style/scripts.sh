#!/usr/bin/env bash
# Checks that shellcheck has no finding in any shell script of ours.  scripts.sh SOURCE_DIR
set -euo pipefail
cd "$1"
command -v shellcheck >/dev/null || {
    echo "skipped: shellcheck is not installed"
    exit 77
}
mapfile -d '' -t files < <(find run.sh test.sh .ci/run cmake examples tests librescuestream \
    rescuestream-server rescuestream-cli -type f \( -name '*.sh' -o -path .ci/run \) -print0)
[ ${#files[@]} -gt 3 ] || {
    echo "scripts: found too few files" >&2
    exit 1
}
shellcheck --external-sources "${files[@]}"
echo "scripts: ${#files[@]} files"
