# shellcheck shell=bash
# Functions that run.sh and test.sh share: they install packages, find MediaMTX and build.
# Source it with the top of the repository as current directory.

# shellcheck disable=SC2034  # the lists are used by the commands that source this

export LC_ALL=C.UTF-8

# The packages of Debian bookworm, in one place. Each list is for the purpose in its name.
packages_to_build=(
    g++ cmake ninja-build ccache pkg-config
    libcpp-httplib-dev libpqxx-dev libsqlite3-dev libssl-dev zlib1g-dev libbrotli-dev
    libcurl4-openssl-dev
    libfmt-dev libspdlog-dev libcli11-dev libtomlplusplus-dev libutf8proc-dev libqrencode-dev
    libyaml-dev libre2-dev rapidjson-dev
    doctest-dev
    python3 python3-yaml
)
packages_to_demonstrate=(ffmpeg)
packages_to_test=(
    postgresql-15 pgbouncer ffmpeg faketime make git openssl curl procps bash-completion zsh fish zbar-tools
    python3-pytest python3-pytest-xdist python3-requests python3-jsonschema
    prometheus # promtool checks metrics and alerts; e2e scrapes
    clang-format-14 clang-tidy-14 shellcheck
)
packages_to_test_with_mediamtx=(chromium) # publishes by WHIP
packages_for_clang=(clang-14 libclang-rt-14-dev)

say() { printf '== %s\n' "$*"; }

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "installing packages needs root or sudo; run as root: $*"
    fi
}

# install_missing PACKAGE…: installs the missing packages, and prints their names.
install_missing() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "this is not Debian: the contents of these packages must already be installed: $*"
        return
    fi
    local package missing=()
    for package in "$@"; do
        case $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null) in
            ?i*) ;;
            *) missing+=("$package") ;;
        esac
    done
    if [ ${#missing[@]} -eq 0 ]; then
        say "packages: all installed"
        return
    fi
    say "packages: installing ${missing[*]}"
    # The tests create their own temporary cluster, so a new PostgreSQL need not create one here.
    local no_cluster=/etc/postgresql-common/createcluster.d/rescuestream-tests.conf
    as_root mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' | as_root tee "$no_cluster" >/dev/null
    local log status=0
    log=$(mktemp)
    { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"; } \
        >"$log" 2>&1 </dev/null || status=$?
    as_root rm -f "$no_cluster"
    [ "$status" -eq 0 ] || tail -n 30 "$log" >&2
    rm -f "$log"
    [ "$status" -eq 0 ] || die "apt-get ended with status $status"
}

# Sets `mediamtx` to the path of MediaMTX: $MEDIAMTX_BIN, else the one on PATH, else empty.
find_mediamtx() {
    mediamtx=${MEDIAMTX_BIN:-$(command -v mediamtx || true)}
    [ -z "$mediamtx" ] || [ -x "$mediamtx" ] ||
        die "MEDIAMTX_BIN is $mediamtx, which is not a program"
}

# Removes all settings of the server and the command line from the environment, for instance those of
# a server that run.sh has started: tests have their own.
forget_settings() {
    local name
    unset CONFIG_FILE
    # shellcheck disable=SC2016 # backquotes of Markdown
    while read -r name; do
        unset "$name" "${name}_FILE"
    done < <(sed -n 's/^| `\([A-Z0-9_]*\)`.*/\1/p' rescuestream-server/docs/configuration.md)
}

# Prints the number of parallel compilations: one per core, limited by memory (about 1 GB each).
build_jobs() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable:/ { print int($2 / 1000000) }' /proc/meminfo 2>/dev/null || true)
    [ "${memory:-0}" -ge 1 ] || memory=$cores
    echo $((cores < memory ? cores : memory))
}

# build PRESET [TARGET…]: configures and builds in build/PRESET.
build() {
    local preset=$1
    shift
    mkdir -p build
    say "building the $preset preset in build/$preset (the first time takes some minutes)"
    cmake --preset "$preset" >"build/$preset.log" 2>&1 || {
        cat "build/$preset.log" >&2
        die "configuring failed"
    }
    cmake --build --preset "$preset" --parallel "$(build_jobs)" ${1:+--target "$@"} ||
        die "the build failed"
}
