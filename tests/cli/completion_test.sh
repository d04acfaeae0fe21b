#!/usr/bin/env bash
# Tests what the completion scripts offer, called as the shells call them.
#   completion_test.sh RESCUESTREAM_CLI
set -euo pipefail
cli=$1
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
touch "a file.yml"

# Records whose names are offered, in a database of its own.
unset CONFIG_FILE DATABASE_URL API_SECRET RESCUESTREAM_SERVER
export DATA_DIR=$directory/data MEDIAMTX_API_URL=http://127.0.0.1:1
mkdir bin
ln -s "$cli" bin/rescuestream-cli
PATH=$directory/bin:$PATH
rescuestream-cli __complete keys # there is no database yet, and none is made
[ ! -e "$DATA_DIR" ] || {
    echo "completion_test: a completion made a database" >&2
    exit 1
}
rescuestream-cli db migrate --quiet >/dev/null
rescuestream-cli broadcaster add "Drone team" --quiet >/dev/null
rescuestream-cli broadcaster add "Boat's crew" --quiet >/dev/null
rescuestream-cli key create -b "Drone team" --label "Drone 1" --path live/drone1 --quiet >/dev/null 2>&1
rescuestream-cli key create -b "Drone team" --label "Old" --path live/old --quiet >/dev/null 2>&1
rescuestream-cli key revoke Old --yes >/dev/null

# Names that a shell would carry out.
rescuestream-cli broadcaster add "X\$(touch made)" --quiet >/dev/null
rescuestream-cli broadcaster add "X\`touch made\`" --quiet >/dev/null
rescuestream-cli broadcaster add "X'; touch made; #" --quiet >/dev/null
rescuestream-cli broadcaster add "X plain" --quiet >/dev/null

# shellcheck source=/dev/null
source <("$cli" completion bash)
complete -p rescuestream-cli | grep -q _rescuestream_cli

# offers EXPECTED WORD…: the last word is the one under the cursor.
offers() {
    local expected=$1
    shift
    COMP_WORDS=(rescuestream-cli "$@")
    COMP_CWORD=$#
    COMP_LINE="${COMP_WORDS[*]}"
    COMP_POINT=${#COMP_LINE}
    COMPREPLY=()
    _rescuestream_cli
    local got
    got=$(IFS=,; echo "${COMPREPLY[*]}")
    [ "$got" = "$expected" ] || {
        echo "completion_test: \"$*\" offers \"$got\" instead of \"$expected\"" >&2
        exit 1
    }
}

offers "broadcaster" b
offers "add,list,show,edit,disable,enable,remove" broadcaster ""
offers "create,list,show,edit,rotate,disable,enable,revoke" key ""
offers "list,show,timeline,stop" stream ""
offers "stale_after" key edit --reset s
offers "create" key c
offers "--broadcaster" key create --br
offers "--json" key create --js
offers "--json" --js
offers "--version" --vers
offers "" key create --vers
offers "live,reconnecting,ended,all" stream list --state ""
offers "reconnecting" stream list --state = r
offers "live,reconnecting,ended,all" stream list --state =
offers "hmac,shared-secret" --auth ""
offers "list" --auth hmac broadcaster l
offers "bash,zsh,fish" completion ""
offers "a file.yml" mediamtx config --output a
offers "" key create --label x
offers "ready,not-ready" hook ""
offers "table,json,yaml,csv" stream list --output ""
offers "active,disabled,expired,revoked" key list --status ""

# Names, quoted for the shell.
offers "Drone\\ 1,live/drone1" key show ""
offers "Drone\\ 1" key revoke Dr
offers "Drone\\ 1" key revoke 'Drone\ '
offers "Drone 1" key revoke '"Dro'
offers "live/drone1" stream list --key l
offers "Boat\\'s\\ crew" broadcaster show B
offers "Drone\\ team" key create --broadcaster D
offers "X plain,X'; touch made; #" broadcaster show '"X'
offers "X plain,X\`touch made\`,X\$(touch made)" broadcaster show "'X"
for name in "${COMPREPLY[@]}"; do eval ": '$name'"; done
offers "X\\ plain,X\\'\\;\\ touch\\ made\\;\\ #,X\\\`touch\\ made\\\`,X\\\$\\(touch\\ made\\)" broadcaster show X
for name in "${COMPREPLY[@]}"; do eval ": $name"; done
[ ! -e made ]
offers "Drone\\ team" key create -b D
offers "default" stream list --node ""
offers "--json" key show --js
offers "" --data-dir "$directory/none" key show ""
offers "" --server http://127.0.0.1:1 key show ""
rescuestream-cli __complete keys --server http://127.0.0.1:1 --api-secret-file bin 2>&1 | wc -c | grep -qx 0
if rescuestream-cli --help | grep -q __complete; then
    echo "completion_test: the help shows __complete" >&2
    exit 1
fi

# A database that does not answer: nothing is printed, and the shell waits for a second only.
timeout 10 python3 -c '
import socket, subprocess, sys, time
listener = socket.create_server(("127.0.0.1", 0))
address = "postgresql://x@127.0.0.1:%d/x" % listener.getsockname()[1]
begun = time.monotonic()
asked = subprocess.run(["rescuestream-cli", "__complete", "keys"], capture_output=True, env={"DATABASE_URL": address,
                       "PATH": sys.argv[1], "HOME": "/nonexistent"})
assert (asked.returncode, asked.stdout, asked.stderr) == (0, b"", b""), asked
assert time.monotonic() - begun < 5
' "$PATH"

# Checks that every command of the help is offered.
for noun in $("$cli" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    COMP_WORDS=(rescuestream-cli "$noun") COMP_CWORD=1 COMPREPLY=()
    _rescuestream_cli
    [[ " ${COMPREPLY[*]} " == *" $noun "* ]] || {
        echo "completion_test: $noun is not offered" >&2
        exit 1
    }
done

passed="bash"

"$cli" completion fish >rescuestream-cli.fish
if command -v fish >/dev/null; then
    export HOME=$directory
    fish_offers() {
        local got
        got=$(fish --no-config -c "source rescuestream-cli.fish; complete -C'rescuestream-cli $2'" | cut -f 1 | sort | paste -sd,)
        [ "$got" = "$1" ] || {
            echo "completion_test: fish: \"$2\" offers \"$got\" instead of \"$1\"" >&2
            exit 1
        }
    }
    fish_offers "bash,fish,zsh" "completion "
    fish_offers "Drone 1,live/drone1" "key show "
    fish_offers "Drone team" "key create --broadcaster D"
    fish_offers "ended" "stream list --state e"
    fish_offers "--expires" "key create --exp"
    fish_offers "" "--data-dir $directory/none key show D"
    passed+=", fish"
fi

"$cli" completion zsh >_rescuestream-cli
[ "$(head -n 1 _rescuestream-cli)" = "#compdef rescuestream-cli" ]
command -v zsh >/dev/null || {
    echo "skipped: $passed passed; zsh is not installed"
    exit 77
}
zsh -n _rescuestream-cli
# zsh runs in a terminal of its own, with tabs as a person presses them.
cat >ask.zsh <<'ZSH'
zmodload zsh/zpty
zpty -b shell zsh -f -i
read_until() {
    local output= chunk i
    for i in {1..300}; do
        while zpty -rt shell chunk; do output+=$chunk; done
        [[ $output == *$1* ]] && return 0
        sleep 0.05
    done
    print -r -- "$1 did not appear in: ${(V)output}" >&2
    exit 1
}
zpty -w shell "PS1='> '; stty rows 50 cols 200; autoload -Uz compinit; compinit -u -d $PWD/dump"
zpty -w shell "source $PWD/_rescuestream-cli; echo loa''ded"
read_until loaded
zpty -n -w shell $'rescuestream-cli key \t\t'
read_until "Revoke a key"
zpty -n -w shell $'\x15rescuestream-cli stream list --state \t\t'
read_until reconnecting
zpty -n -w shell $'\x15rescuestream-cli key cre\t--labe\t'
read_until --label
zpty -n -w shell $'\x15rescuestream-cli broadcaster show \t\t'
read_until "Drone team"
zpty -n -w shell $'\x15rescuestream-cli key revoke Dr\t'
read_until 'revoke Drone\ 1'
ZSH
timeout 60 zsh -f ask.zsh
echo "completion_test: $passed, zsh"
