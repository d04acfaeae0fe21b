#!/usr/bin/env bash
# Checks that clang-format 14 would change no C++ file of ours.  format.sh SOURCE_DIR
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
