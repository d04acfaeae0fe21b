#!/usr/bin/env bash
# Tests that a real MediaMTX starts with the printed configuration and works as that says.
#   mediamtx_test.sh RESCUESTREAM_CLI      (MEDIAMTX_BIN, or mediamtx on PATH)
set -euo pipefail
cli=$1
owner_files=$(cd "$(dirname "$0")" && pwd)/owner_files
mediamtx=${MEDIAMTX_BIN:-$(command -v mediamtx || true)}
[ -n "$mediamtx" ] || {
    echo "skipped: there is no MediaMTX (MEDIAMTX_BIN, or mediamtx on PATH)"
    exit 77
}
command -v ffmpeg >/dev/null || {
    echo "skipped: ffmpeg is not installed"
    exit 77
}
directory=$(mktemp -d)
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait
    rm -rf "$directory"
}
trap cleanup EXIT
cd "$directory"
export DATA_DIR=$directory/data
unset MEDIA_SECRET RESCUESTREAM_MEDIA_SECRET RESCUESTREAM_SERVER MEDIAMTX_PUBLIC_URL LEGACY_PATH_KEYS

fail() {
    echo "mediamtx_test: $*" >&2
    tail -n 50 mediamtx.log requests.log >&2 || true
    exit 1
}

# until_true COMMAND…: waits until it succeeds, 15 s at most.
until_true() {
    local end=$((SECONDS + 15))
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.05
    done
}

# Imitates rescuestream-server: accepts live/yes and the right credential for MediaMTX's own interfaces,
# and logs the requests.
cat >server.py <<'PYTHON'
import http.server, json, sys

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open("requests.log", "a") as log:
            print(self.path, self.headers.get("Authorization"), json.dumps(body), file=log)
        accepted = (self.path != "/auth" or body["path"] == "live/yes" or
                    body["action"] in ("api", "metrics") and
                    (body["user"], body["password"]) == ("rescuestream", "right"))
        self.send_response(204 if accepted else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open("port.tmp", "w") as file:
    print(server.server_address[1], file=file)
import os
os.rename("port.tmp", "port")
server.serve_forever()
PYTHON
touch requests.log
python3 server.py &
pids+=($!)
until_true test -s port || fail "the imitated server did not start"
port=$(cat port)

# Finds free TCP ports, the first one even.
mapfile -t ports < <(python3 - <<'PYTHON'
import random, socket

def free(port):
    try:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_INET, kind) as s:
                s.bind(("127.0.0.1", port))
        return True
    except OSError:
        return False

while True:
    base = random.randrange(20000, 32000, 2)
    if all(free(base + i) for i in range(10)):
        break
for i in range(10):
    print(base + i)
PYTHON
)

# shellcheck disable=SC2016  # `$` is part of the secret
printf 'p/a ss%%$@:word\n' >secret
printf 'user = "rescuestream:right"\n' >credential
authorization="Basic $(printf 'mediamtx:%s' "$(cat secret)" | base64)"

try() {
    : >requests.log
    "$cli" mediamtx config --output mediamtx.yml --server-url "http://127.0.0.1:$port" \
        --media-secret-file secret --log-level debug --bind 127.0.0.1 \
        --rtp-port "${ports[0]}" --api-port "${ports[2]}" --rtsp-port "${ports[3]}" \
        --rtmp-port "${ports[4]}" --hls-port "${ports[5]}" --webrtc-port "${ports[6]}" \
        --webrtc-udp-port "${ports[6]}" --srt-port "${ports[7]}" --metrics \
        --metrics-port "${ports[8]}" --playback --playback-port "${ports[9]}" \
        --record "$directory/rec" "$@"
    [ "$(stat -c %a mediamtx.yml)" = 600 ] || fail "others can read the secret"
    MTX_MOQ=no "$mediamtx" mediamtx.yml >mediamtx.log 2>&1 &
    local pid=$! info=http://127.0.0.1:${ports[2]}/v3/info
    local metrics="http://127.0.0.1:${ports[8]}/metrics?type=paths"
    pids+=("$pid")
    until_true curl -sf -K credential -o info.json "$info" || fail "MediaMTX did not start"
    curl -sf -K credential -o metrics.txt "$metrics" || fail "metrics refuse the credential"
    for url in "$info" "$metrics" "http://127.0.0.1:${ports[9]}/list?path=other"; do
        # A request without a credential is refused at once; and no page of another origin may read the answer.
        [ "$(curl -s -D headers -o answer -w '%{http_code}' -H 'Origin: http://evil.example' "$url")" = 401 ] ||
            fail "$url needs no credential"
        ! grep -i '^access-control-allow-origin' headers || fail "pages of other origins may read $url"
    done
    [ ! -e "$DATA_DIR/mediamtx-api-secret" ] || [ "$(stat -c %a "$DATA_DIR/mediamtx-api-secret")" = 600 ] ||
        fail "others can read the credential"

    local url=rtsp://127.0.0.1:${ports[3]}
    ffmpeg -nostdin -loglevel error -re -f lavfi -i testsrc=size=64x48:rate=10 -t 2 -c:v libx264 \
        -preset ultrafast -g 10 -rtsp_transport tcp -f rtsp "$url/live/yes" ||
        fail "an accepted encoder could not publish"
    until_true grep -q '^/webhook/not-ready ' requests.log || fail "there was no not-ready hook"
    grep -q "^/webhook/ready $authorization .*\"source_type\": \"rtspSession\"" requests.log ||
        fail "there was no ready hook with the secret"
    grep -q "^/auth $authorization .*\"action\": \"publish\"" requests.log ||
        fail "MediaMTX did not send its request with the secret"
    ffmpeg -nostdin -loglevel quiet -f lavfi -i testsrc=size=64x48:rate=10 -t 1 -c:v libx264 \
        -preset ultrafast -rtsp_transport tcp -f rtsp "$url/live/no" &&
        fail "a refused encoder could publish"
    grep -q "^/auth $authorization .*\"action\": \"api\"" requests.log ||
        fail "MediaMTX did not request authorisation for its own API"
    [ -n "$(find rec -name '*.mp4')" ] || fail "nothing was recorded"
    rm -rf rec
    kill "$pid"
    wait "$pid" || fail "MediaMTX did not stop with code 0"
    grep -E 'ERR|panic' mediamtx.log | grep -v 'authentication' && fail "MediaMTX complained"
    return 0
}

try
version=$("$mediamtx" --version | head -n 1)
try --mediamtx-version "$version"
grep -q deprecated mediamtx.log && fail "MediaMTX $version was given a deprecated name"

# Every file of an owner that was merged is a configuration with which MediaMTX starts and asks the server.
try_merged() {
    local file=$1 pid info=http://127.0.0.1:${ports[2]}/v3/info
    "$cli" mediamtx config --merge "$file" --output merged.yml --force \
        --server-url "http://127.0.0.1:$port" 2>merge.log || fail "$file was not merged: $(cat merge.log)"
    "$cli" --quiet mediamtx check merged.yml --server-url "http://127.0.0.1:$port" ||
        fail "$file needs changes after the merge"
    env MTX_MOQ=no MTX_RTPADDRESS="127.0.0.1:${ports[0]}" MTX_RTCPADDRESS="127.0.0.1:${ports[1]}" \
        MTX_APIADDRESS="127.0.0.1:${ports[2]}" MTX_RTSPADDRESS="127.0.0.1:${ports[3]}" \
        MTX_RTMPADDRESS="127.0.0.1:${ports[4]}" MTX_HLSADDRESS="127.0.0.1:${ports[5]}" \
        MTX_WEBRTCADDRESS="127.0.0.1:${ports[6]}" MTX_WEBRTCLOCALUDPADDRESS="127.0.0.1:${ports[6]}" \
        MTX_SRTADDRESS="127.0.0.1:${ports[7]}" MTX_METRICSADDRESS="127.0.0.1:${ports[8]}" \
        MTX_PLAYBACKADDRESS="127.0.0.1:${ports[9]}" \
        "$mediamtx" merged.yml >mediamtx.log 2>&1 &
    pid=$!
    pids+=("$pid")
    until_true curl -sf -K credential -o info.json "$info" || fail "MediaMTX did not start with $file"
    [ "$(curl -s -o answer -w '%{http_code}' "$info")" = 401 ] ||
        fail "with $file the control interface needs no credential"
    kill "$pid"
    wait "$pid" || fail "MediaMTX did not stop with code 0"
}
for file in "$owner_files"/*.yml; do try_merged "$file"; done
echo "mediamtx_test: MediaMTX $version"
