#!/usr/bin/env bash
# Reads the QR codes of the real program with a reader of QR codes (zbar).
#   qr_test.sh RESCUESTREAM_CLI
set -euo pipefail
cli=$1
command -v zbarimg >/dev/null || {
    echo "skipped: zbarimg is not installed"
    exit 77
}
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
unset CONFIG_FILE DATABASE_URL API_SECRET RESCUESTREAM_SERVER MEDIAMTX_PUBLIC_URL
export DATA_DIR=$directory/data MEDIAMTX_API_URL=http://127.0.0.1:1

fail() {
    echo "qr_test: $*" >&2
    exit 1
}

# picture FILE: draws the blocks of the output FILE as an image, as a dark terminal shows them.
cat >picture.py <<'PYTHON'
import re, sys
rows = []
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
coloured = any("\x1b[38;5;16;48;5;231m" in line for line in lines)
for line in lines:
    text = re.sub(r"\x1b\[[0-9;]*m", "", line)
    if len(text) < 20 or set(text) - set(" \u2580\u2584\u2588"):
        continue
    drawn = [("\u2580\u2588", "\u2584\u2588")[half] for half in (0, 1)]
    for blocks in drawn:
        rows.append([(c in blocks) != coloured for c in text])  # True: light
scale = 4
with open(sys.argv[2], "wb") as file:
    file.write(b"P5 %d %d 255\n" % (len(rows[0]) * scale, len(rows) * scale))
    for row in rows:
        file.write(b"".join((b"\xff" if light else b"\0") * scale for light in row) * scale)
PYTHON

# read_code FILE: the text of the QR code in the output FILE.
read_code() {
    python3 picture.py "$1" code.pgm
    zbarimg --quiet --raw -Sdisable -Sqrcode.enable code.pgm 2>/dev/null
}

"$cli" db migrate --quiet >/dev/null
"$cli" broadcaster add Team --quiet >/dev/null
"$cli" key create -b Team --label Drone --path live/drone1 --qr >out
[ "$(read_code out)" = "$(sed -n 's/^  RTMP    //p' out | head -n 1)" ] || fail "the code of a new key is another address"
[ "$(grep █ out | LC_ALL=C.UTF-8 wc -L)" -le 80 ] || fail "the code is wider than a terminal"

"$cli" key rotate Drone --yes --qr=whip >out
page=$(sed -n 's/^  Phone   //p' out)
[[ $page == http://localhost:8889/live/drone1/publish\?pass=sk_* ]] || fail "the page is $page"
[ "$(read_code out)" = "$page" ] || fail "the code of the page for phones is another address"

# In a terminal it is black on white, whatever the colours of the terminal.
TERM=xterm script -qec "\"$cli\" key rotate Drone --yes --qr" /dev/null </dev/null | tr -d '\r' >out
grep -q $'\x1b\[38;5;16;48;5;231m' out || fail "there are no colours in a terminal"
[ "$(read_code out)" = "$(sed -n 's/^  RTMP    //p' out | head -n 1)" ] || fail "the code in colours is another address"

for form in --json --quiet; do
    ! "$cli" key create -b Team --qr $form >out 2>err || fail "--qr was accepted with $form"
    grep -q -- "--qr" err || fail "the error does not name --qr"
done
[ "$("$cli" key list -q | wc -l)" -eq 1 ] || fail "a key was made although its options were refused"
code=0
"$cli" key create -b Team --qr=other >out 2>err || code=$?
[ "$code" -eq 2 ] || fail "--qr=other was accepted"
echo "qr_test: passed"
