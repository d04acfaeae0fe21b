#!/usr/bin/env bash
# Every C++ file of ours is as clang-format 14 leaves it.  format.sh SOURCE_DIR
set -euo pipefail
cd "$1"
command -v clang-format-14 >/dev/null || {
    echo "skipped: clang-format-14 is not installed"
    exit 77
}
mapfile -d '' -t files < <(find librescuestream rescuestream-server rescuestream-cli examples tests \
    \( -name '*.cpp' -o -name '*.hpp' \) -print0)
[ ${#files[@]} -gt 0 ] || {
    echo "format: found no file" >&2
    exit 1
}
clang-format-14 --dry-run -Werror "${files[@]}"
echo "format: ${#files[@]} files"
