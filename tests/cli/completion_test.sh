#!/usr/bin/env bash
# What the completion scripts offer, asked as the shells ask.
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
offers "add,list,show,edit,remove" broadcaster ""
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

# Every command of the help is offered.
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
    echo "skipped: bash is right; zsh is not installed"
    exit 77
}
zsh -n _rescuestream-cli
# In a terminal of its own: two tabs behind "key " show the verbs.
cat >ask.zsh <<ZSH
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= ; stty rows 50 cols 200; autoload -Uz compinit; compinit -u -d \$PWD/dump"
zpty -w shell "source \$PWD/_rescuestream-cli; echo loa''ded"
output=
until [[ \$output == *loaded* ]]; do zpty -r shell line; output+=\$line; done
zpty -n -w shell \$'rescuestream-cli stream list --state \t\t'
output=
until [[ \$output == *reconnecting* ]]; do zpty -r shell line || exit 1; output+=\$line; done
zpty -n -w shell \$'\x15rescuestream-cli key cre\t--labe\t'
output=
until [[ \$output == *"key create --label "* ]]; do zpty -r shell line || exit 1; output+=\$line; done
zpty -d shell
ZSH
timeout 30 zsh -f ask.zsh || {
    echo "completion_test: zsh did not offer what was expected" >&2
    exit 1
}
echo "completion_test: bash and zsh"
