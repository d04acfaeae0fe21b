#!/usr/bin/env bash
# test.sh does not use the settings of the terminal in which it is started: whoever has pasted the
# line that run.sh prints would test with the data of a server that runs.
#   forget_settings_test.sh SOURCE_DIRECTORY
set -euo pipefail
cd "$1"
# shellcheck source=cmake/bootstrap.sh
. cmake/bootstrap.sh

export DATA_DIR=/data MEDIA_LISTEN=127.0.0.1:8082 RESCUESTREAM_SERVER=http://localhost:8080
export API_SECRET_FILE=/secret CONFIG_FILE=/settings.toml OTEL_TRACES_SAMPLER_ARG=1
export MEDIAMTX_BIN=/usr/local/bin/mediamtx
forget_settings
left=$(env | grep -E '^(DATA_DIR|MEDIA_LISTEN|RESCUESTREAM_SERVER|API_SECRET_FILE|CONFIG_FILE|OTEL_.*)=' || true)
if [ -n "$left" ]; then
    echo "forget_settings_test: still set: $left" >&2
    exit 1
fi
[ "$MEDIAMTX_BIN" = /usr/local/bin/mediamtx ] || {
    echo "forget_settings_test: MEDIAMTX_BIN names the media server for tests, and is gone" >&2
    exit 1
}
