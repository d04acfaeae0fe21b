#!/usr/bin/env bash
# Installs what is missing, builds, and runs RescueStream and MediaMTX. `./run.sh --help` says more.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=cmake/bootstrap.sh
. cmake/bootstrap.sh

usage() {
    cat <<'HELP'
Usage: ./run.sh [--demo] [--loopback] [--programs DIR]

Installs what is missing (Debian packages, as root or with sudo), builds, and starts
rescuestream-server with its embedded database in ./data, and MediaMTX with a configuration written
for it. Ctrl-C stops everything.

  --demo          adds a broadcaster and a key, and publishes a test picture with ffmpeg
  --loopback      lets the HTTP API and the MediaMTX that is started here listen on 127.0.0.1
                  alone (the API on ::1 too); without it, on all addresses of the machine
  --programs DIR  use rescuestream-server and rescuestream-cli in DIR; install and build nothing
  --help          this text

Environment, all of it optional:
  MEDIAMTX_BIN    the MediaMTX to start (else mediamtx on PATH; else one simulated in memory)
  DATA_DIR        where database, secret, logs and mediamtx.yml are kept (./data)
  API_PORT        port of the HTTP API (8080)
  METRICS_PORT    port of its metrics (8081; 0: any free one)
  MEDIA_PORT      port of this machine for the requests of MediaMTX alone (8082)
  LOG_SIZE        bytes after which a log in DATA_DIR/logs is rotated (10485760); the previous
                  part stays as NAME.log.1 until the next rotation
  RTMP_PORT (1935), RTSP_PORT (8554), RTP_PORT (8000 and 8001, UDP), SRT_PORT (8890, UDP),
  HLS_PORT (8888), WEBRTC_PORT (8889), WEBRTC_UDP_PORT (8189, UDP),
  MEDIAMTX_API_PORT (9997): MediaMTX's ports
and every setting of rescuestream-server (rescuestream-server/docs/configuration.md).
HELP
}

demo=
loopback=
programs=
while [ $# -gt 0 ]; do
    case $1 in
        --demo) demo=yes ;;
        --loopback) loopback=yes ;;
        --programs)
            [ $# -ge 2 ] || die "--programs needs a directory"
            programs=$2
            shift
            ;;
        --help | -h)
            usage
            exit
            ;;
        *)
            die "no such option: $1 (./run.sh --help lists them)"
            ;;
    esac
    shift
done

[ -z "$loopback" ] || export API_HOST=localhost

# --- ports ---------------------------------------------------------------------------------------

# The address of a listener for MediaMTX alone, so that callers of the API cannot delay it.
export MEDIA_LISTEN=${MEDIA_LISTEN:-127.0.0.1:${MEDIA_PORT:-8082}}
# It calls from this machine. A MediaMTX on another one needs the credential of its node.
export MEDIA_ALLOW=${MEDIA_ALLOW:-none}

is_taken() { # is_taken tcp|udp PORT
    local port listening=
    port=$(printf '%04X' "$2")
    [ "$1" = udp ] || listening=' [0-9A-F]+:[0-9A-F]{4} 0A'
    grep -qsE "^ *[0-9]+: [0-9A-F]+:$port$listening" "/proc/net/$1" "/proc/net/${1}6"
}
need_port() { # need_port VARIABLE DEFAULT PROTOCOL
    local port=${!1:-$2}
    if is_taken "$3" "$port"; then
        die "port $port ($3) is taken: is another run.sh running? Set $1 to a free one."
    fi
    [ "$1" != RTP_PORT ] || ! is_taken "$3" $((port + 1)) ||
        die "port $((port + 1)) ($3) is taken, and RTCP needs it, the one after RTP_PORT. Set RTP_PORT to
   an even port that is free like the next one."
}
# Another MediaMTX on these ports would be mistaken for ours, and its publishers would be removed.
need_free_ports() {
    need_port API_PORT 8080 tcp
    case ${METRICS_ENABLED:-true} in
        [Ff]alse | FALSE | [Nn]o | NO | 0 | [Oo]ff | OFF) ;;
        *) need_port METRICS_PORT 8081 tcp ;;
    esac
    [ "$MEDIA_LISTEN" != "127.0.0.1:${MEDIA_PORT:-8082}" ] || need_port MEDIA_PORT 8082 tcp
    if [ -n "$mediamtx" ]; then
        need_port MEDIAMTX_API_PORT 9997 tcp
        need_port RTMP_PORT 1935 tcp
        need_port RTSP_PORT 8554 tcp
        need_port HLS_PORT 8888 tcp
        need_port WEBRTC_PORT 8889 tcp
        need_port WEBRTC_UDP_PORT 8189 udp
        need_port SRT_PORT 8890 udp
        need_port RTP_PORT 8000 udp
    fi
}

find_mediamtx
[ -z "${MEDIAMTX_API_URL:-}" ] || mediamtx= # that one is used, and none is started here
need_free_ports

# --- programs ------------------------------------------------------------------------------------

if [ -z "$programs" ]; then
    install_missing "${packages_to_build[@]}" ${demo:+"${packages_to_demonstrate[@]}"}
    build release rescuestream-server rescuestream-cli
    programs=build/release/bin
fi
programs=$(cd "$programs" && pwd)
server=$programs/rescuestream-server
cli=$programs/rescuestream-cli

export DATA_DIR=${DATA_DIR:-data} API_PORT=${API_PORT:-8080}
mkdir -p "$DATA_DIR"
chmod 700 "$DATA_DIR" # holds the API secret
DATA_DIR=$(cd "$DATA_DIR" && pwd)
logs=$DATA_DIR/logs
mkdir -p "$logs"
api=http://127.0.0.1:$API_PORT
log_size=${LOG_SIZE:-10485760}

case $MEDIA_LISTEN in
    unix:*) media_url=$api ;; # MediaMTX cannot use a Unix socket
    :* | '*':* | 0.0.0.0:* | '[::]':* | localhost:*) media_url=http://127.0.0.1:${MEDIA_LISTEN##*:} ;;
    *:*) media_url=http://$MEDIA_LISTEN ;;
    *) media_url=http://127.0.0.1:$MEDIA_LISTEN ;;
esac

# --- children ------------------------------------------------------------------------------------

declare -A pid_of=()
broadcaster=

# The variables that every program may have, and those that the server may have in addition.
known_to_all='PATH|HOME|USER|LOGNAME|SHELL|TZ|LANG|LC_[A-Z]+|TMPDIR|[A-Z]+SAN_OPTIONS'
# shellcheck disable=SC2016  # they belong to a Markdown table
known_to_server="CONFIG_FILE|XDG_DATA_HOME|PG[A-Z]+|SSL_CERT_(FILE|DIR)$(
    "$server" --print-settings-markdown | sed -nE 's/^\| `([A-Z_]+)`.*/|\1(_FILE)?/p' | tr -d '\n')"

# start NAME VARIABLES PROGRAM…: starts a program. It gets only the environment variables whose
# names match, because others may be secrets. It runs in its own session, so that Ctrl-C reaches
# this script alone, which then stops everything in order. It is terminated when this script ends,
# however that happens.
start() {
    local name=$1 known="$known_to_all|$2" variable
    shift 2
    [ ! -e "$logs/$name.log" ] || mv -f "$logs/$name.log" "$logs/$name.log.1"
    (
        while read -r variable; do
            [[ $variable =~ ^($known)$ ]] || export -n "${variable?}"
        done < <(compgen -e)
        exec setsid setpriv --pdeathsig TERM "$@"
    ) >>"$logs/$name.log" 2>&1 </dev/null &
    pid_of[$name]=$!
}

# Limits the size of the logs. The programs append to the files and take no part in this: what they
# write between the copy and the truncation is lost.
rotate_logs() {
    local name log
    for name in "${!pid_of[@]}"; do
        log=$logs/$name.log
        if [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -gt "$log_size" ]; then
            tail -c "$log_size" "$log" >"$log.1" || true # the disk may be full
            : >"$log"
        fi
    done
}

stop() {
    local name=$1 pid=${pid_of[$1]:-}
    [ -n "$pid" ] || return 0
    unset "pid_of[$name]"
    kill -TERM "$pid" 2>/dev/null || return 0
    for _ in {1..120}; do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

stop_all() {
    trap '' INT TERM
    if [ -n "$broadcaster" ] && [ -n "${pid_of[rescuestream-server]:-}" ]; then
        admin broadcaster remove "$broadcaster" --force --yes >/dev/null 2>&1 || true
    fi
    rm -f "$DATA_DIR/demo.ffpreset"
    stop ffmpeg
    stop mediamtx
    stop rescuestream-server
    # What is left is the sleep of the loop at the end of this script.
    local pid
    for pid in $(jobs -p); do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}

# Prints that a child has ended, and the last lines of its log.
report_exit() {
    local name=$1 status=0
    wait "${pid_of[$name]}" || status=$?
    unset "pid_of[$name]"
    echo >&2
    echo "$name ended with status $status. The last lines of $logs/$name.log:" >&2
    tail -n 15 "$logs/$name.log" | sed 's/^/    /' >&2
}

# stop_because NAME: stops everything and says so, because a child that must run has ended.
stop_because() {
    trap - EXIT
    stop_all
    say "everything was stopped, because $1 has ended; start ./run.sh again" >&2
    exit 1
}

# Ends the script, after a report, when a child that must run has ended.
children_run() {
    local name
    for name in rescuestream-server mediamtx; do
        if [ -n "${pid_of[$name]:-}" ] && ! kill -0 "${pid_of[$name]}" 2>/dev/null; then
            report_exit "$name"
            stop_because "$name"
        fi
    done
}

# wait_for WHAT SECONDS COMMAND…: waits until the command succeeds.
wait_for() {
    local what=$1 deadline=$((SECONDS + $2))
    shift 2
    until "$@"; do
        children_run
        [ "$SECONDS" -lt "$deadline" ] || die "waited too long for $what; the logs are in $logs"
        sleep 0.2
    done
}

# accepts_connections PORT: returns whether a program of this machine listens at the port.
accepts_connections() { (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# answers_200 PATH: returns whether the server answers with 200. It needs nothing but bash.
answers_200() {
    local status=
    {
        printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&3 &&
            read -r -t 5 _ status _ <&3
    } 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$API_PORT" || return 1
    [ "$status" = 200 ]
}

admin() { "$cli" --server "$api" "$@"; }

trap stop_all EXIT
trap 'echo; say "stopping"; exit 0' INT TERM

# --- start ---------------------------------------------------------------------------------------

# The given ports are used in MediaMTX's configuration and in the addresses that the API returns.
media_options=()
use_port() { # use_port OPTION PORT [NAME-OF-PUBLIC-ADDRESS SCHEME]
    [ -n "$2" ] || return 0
    media_options+=("--$1-port" "$2")
    [ -z "${3:-}" ] || [ -n "${!3:-}" ] || export "$3=$4://localhost:$2"
}
use_port rtmp "${RTMP_PORT:-}" MEDIAMTX_RTMP_URL rtmp
use_port rtsp "${RTSP_PORT:-}" MEDIAMTX_RTSP_URL rtsp
[ -z "${RTSP_PORT:-}" ] || export MEDIAMTX_RELAY_URL="${MEDIAMTX_RELAY_URL:-rtsp://127.0.0.1:$RTSP_PORT}"
use_port srt "${SRT_PORT:-}" MEDIAMTX_SRT_URL srt
use_port hls "${HLS_PORT:-}" MEDIAMTX_HLS_URL http
use_port webrtc "${WEBRTC_PORT:-}" MEDIAMTX_PUBLIC_URL http
use_port rtp "${RTP_PORT:-}"
use_port webrtc-udp "${WEBRTC_UDP_PORT:-}"
use_port api "${MEDIAMTX_API_PORT:-}"
[ -z "$loopback" ] || media_options+=(--bind 127.0.0.1)

if [ -n "${MEDIAMTX_API_URL:-}" ]; then
    say "MediaMTX: the one at $MEDIAMTX_API_URL, which is not started here"
elif [ -n "$mediamtx" ]; then
    export MEDIAMTX_API_URL=http://127.0.0.1:${MEDIAMTX_API_PORT:-9997}
    say "MediaMTX: $mediamtx"
else
    export MEDIAMTX_API_URL=memory:
    say "MediaMTX: none found. Get it from https://github.com/bluenviron/mediamtx/releases and run
   this again with MEDIAMTX_BIN=/path/to/mediamtx. Until then a media server is simulated in memory."
fi

# Writes mediamtx.yml again, unless its first line was removed.
configure_mediamtx() {
    local file=$DATA_DIR/mediamtx.yml version conflict=4 status=0 problem
    if [ -n "${MEDIA_SECRET:-}" ]; then
        # MediaMTX's hooks read the secret from this file, so that it is in no environment.
        (umask 077 && printf '%s\n' "$MEDIA_SECRET" >"$DATA_DIR/media-secret")
        media_options+=(--media-secret-file "$DATA_DIR/media-secret")
    fi
    version=$("$mediamtx" --version 2>/dev/null | grep -m1 -oE '[0-9]+\.[0-9]+\.[0-9]+') || true
    media_options+=(${version:+--mediamtx-version "$version"})
    # The error is not written to a file: on a full disk the file would be empty.
    problem=$("$cli" mediamtx config --output "$file" --server-url "$media_url" "${media_options[@]}" \
        2>&1 >/dev/null) || status=$?
    case $status in
        0) say "its configuration: $file (remove its first line to keep your changes)" ;;
        "$conflict")
            [ -z "$loopback" ] ||
                die "--loopback: $file has your changes, so its addresses are not changed. Give them there
   the host 127.0.0.1 and start without --loopback (API_HOST=localhost ./run.sh), or move the file away."
            say "its configuration: $file, with your changes"
            ;;
        *) die "no configuration for MediaMTX: $problem" ;;
    esac
}

need_free_ports # again, because the build may have taken minutes
say "starting rescuestream-server"
start rescuestream-server "$known_to_server" "$server"
wait_for "the server" 60 answers_200 /livez
if [ -n "$mediamtx" ]; then
    configure_mediamtx
    say "starting MediaMTX"
    # MTX_… are MediaMTX's own settings.
    start mediamtx 'MTX_[A-Z0-9_]+' "$mediamtx" "$DATA_DIR/mediamtx.yml"
    # The control interface is the last one that it opens.
    wait_for "MediaMTX to answer at $MEDIAMTX_API_URL" 60 accepts_connections "${MEDIAMTX_API_PORT:-9997}"
fi
wait_for "the server to be ready" 60 answers_200 /readyz

if [ -n "${API_SECRET:-}" ]; then secret="from the environment"; else secret=$DATA_DIR/api-secret; fi
cat <<TEXT

RescueStream is ready.
  HTTP API   http://localhost:$API_PORT   (its secret: $secret)
  logs       $logs
  next       in another terminal:
    export PATH="$programs:\$PATH" DATA_DIR="$DATA_DIR" RESCUESTREAM_SERVER=http://localhost:$API_PORT MEDIA_LISTEN="$MEDIA_LISTEN"${MEDIAMTX_RELAY_URL:+ MEDIAMTX_RELAY_URL="$MEDIAMTX_RELAY_URL"}
    rescuestream-cli broadcaster add "My team"
    rescuestream-cli key create --broadcaster "My team"
TEXT

# --- demonstration -------------------------------------------------------------------------------

# member NAME: prints the value of the only string member of that name in the JSON on standard input.
member() { sed -nE "s/.*\"$1\": ?\"([^\"]*)\".*/\\1/p"; }

# is_live KEY: ends the script when ffmpeg, which publishes with it, has ended.
is_live() {
    if ! kill -0 "${pid_of[ffmpeg]}" 2>/dev/null; then
        report_exit ffmpeg
        exit 1
    fi
    [ -n "$(admin stream list --key "$1" --quiet 2>/dev/null)" ]
}

demonstrate() {
    local created key stream urls webrtc
    echo
    say "demo: a broadcaster and a key"
    broadcaster=$(admin broadcaster add "Demo $(date +%H:%M:%S)" --quiet)
    created=$(admin key create --broadcaster "$broadcaster" --label "Test picture" --json)
    key=$(member id <<<"$created")
    admin key list --broadcaster "$broadcaster"
    if [ "$MEDIAMTX_API_URL" = memory: ]; then
        say "demo: the test picture needs a MediaMTX; everything else works"
        return
    fi

    say "demo: publishing a test picture with ffmpeg"
    # ffmpeg gets the key value in a file, because every user can read the arguments of a program.
    (umask 077 && printf 'rtmp_playpath=%s\n' "$(member stream_key <<<"$created")" \
        >"$DATA_DIR/demo.ffpreset")
    start ffmpeg - ffmpeg -nostdin -hide_banner -loglevel warning -re \
        -f lavfi -i testsrc2=size=640x360:rate=15 -f lavfi -i sine=frequency=440 \
        -c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 15 -b:v 600k \
        -c:a aac -ar 44100 -fpre "$DATA_DIR/demo.ffpreset" -f flv \
        "$(member server <<<"$created")"
    wait_for "the test picture to be live" 30 is_live "$key"

    echo
    admin stream list
    stream=$(admin stream list --key "$key" --quiet)
    urls=$(admin stream show "$stream" --json)
    webrtc=$(member webrtc <<<"$urls")
    cat <<TEXT

Watch it:
  browser   ${webrtc%whep}
  HLS       $(member hls <<<"$urls")
Cut it off (in another terminal, after the export line above):
  rescuestream-cli key revoke $key
TEXT
}

[ -z "$demo" ] || demonstrate

# --- until Ctrl-C --------------------------------------------------------------------------------

echo
say "running; Ctrl-C stops everything"
while [ ${#pid_of[@]} -gt 0 ]; do
    # Waits until one of them ends, or a second has passed.
    sleep 1 &
    wait -n $! "${pid_of[@]}" || true
    rotate_logs
    children_run
    if [ -n "${pid_of[ffmpeg]:-}" ] && ! kill -0 "${pid_of[ffmpeg]}" 2>/dev/null; then
        report_exit ffmpeg
        say "the test picture is gone (was it cut off?); the other programs continue"
    fi
done
