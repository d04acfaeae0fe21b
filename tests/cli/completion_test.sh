#!/usr/bin/env bash
# Tests what the completion scripts offer, called as the shells call them.
#   completion_test.sh RESCUESTREAM_CLI
set -euo pipefail
cli=$1
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
touch "a file.yml"

# shellcheck source=/dev/null
source <("$cli" completion bash)
complete -p rescuestream-cli | grep -q _rescuestream_cli

# offers EXPECTED WORD…: the last word is the one under the cursor.
offers() {
    local expected=$1
    shift
    COMP_WORDS=(rescuestream-cli "$@")
    COMP_CWORD=$#
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
offers "bash,zsh" completion ""
offers "a file.yml" mediamtx config --output a
offers "" key create --label x
offers "ready,not-ready" hook ""

# Checks that every command of the help is offered.
for noun in $("$cli" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    COMP_WORDS=(rescuestream-cli "$noun") COMP_CWORD=1 COMPREPLY=()
    _rescuestream_cli
    [ "${COMPREPLY[*]}" = "$noun" ] || {
        echo "completion_test: $noun is not offered" >&2
        exit 1
    }
done

"$cli" completion zsh >_rescuestream-cli
[ "$(head -n 1 _rescuestream-cli)" = "#compdef rescuestream-cli" ]
command -v zsh >/dev/null || {
    echo "skipped: bash passed; zsh is not installed"
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
ZSH
timeout 60 zsh -f ask.zsh
echo "completion_test: bash and zsh"
