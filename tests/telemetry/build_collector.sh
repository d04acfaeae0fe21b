#!/usr/bin/env bash
# Prints the path of the collector of these tests, and builds it if that has not been done yet.
#   build_collector.sh DIRECTORY
# DIRECTORY keeps the program. Ends with 77 without Go or without its module proxy.
set -euo pipefail
source_dir=$(cd "$(dirname "$0")/collector" && pwd)
directory=$1

command -v go >/dev/null || {
    echo "skipped: Go is not installed" >&2
    exit 77
}
# Since 1.21 Go fetches the release that a module asks for.
if [ "$(printf '%s\n' go1.21 "$(go env GOVERSION)" | sort -V | head -n 1)" != go1.21 ]; then
    echo "skipped: $(go env GOVERSION) is too old for the collector; 1.21 is needed" >&2
    exit 77
fi
mkdir -p "$directory"
# Another version of the module is another program.
name=collector-$(cat "$source_dir"/{main.go,go.mod,go.sum} | sha256sum | cut -c 1-16)
program=$(cd "$directory" && pwd)/$name
if [ ! -x "$program" ]; then
    log=$program.log
    if ! (cd "$source_dir" && nice go build -mod=mod -o "$program.new" .) >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        # Without a network nothing can be built; any other failure is one of the module.
        if grep -qE 'dial tcp|i/o timeout|no such host|403 Forbidden|proxyconnect|toolchain not available' "$log"; then
            echo "skipped: the modules of the collector cannot be fetched" >&2
            exit 77
        fi
        exit 1
    fi
    mv "$program.new" "$program"
fi
echo "$program"
