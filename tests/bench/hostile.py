"""How long MediaMTX waits while others hold on to the server."""

import json
import pathlib
import subprocess
import sys
import time

import load
import questions as q
from run_context import OURS, say

# idle connections, clients of one byte a second, uploads, half-sent bodies
CROWDS = {
    "quiet": (0, 0, 0, 0),
    "1,000 idle connections": (1000, 0, 0, 0),
    "500 slow clients": (0, 500, 0, 0),
    "a 64 MiB upload": (0, 0, 1, 0),
    "all of them": (1000, 500, 1, 0),
    "9,000 half-sent bodies": (0, 0, 0, 9000),
    "quiet again": (0, 0, 0, 0),
}
QUESTIONS = 1500
LIMIT = 20  # seconds, for the requests beside one crowd
GATHERING = 3


def run(context):
    """Returns False when our server failed to answer a request, or ended."""
    ours = context.start_ours_filled()
    everybody = [ours]
    if (other := context.other()) is not None:
        everybody.append(other)
    figures, good = [], True
    print("/auth accept, one request at a time, new connections; at most "
          f"{LIMIT * load.TIME_FACTOR} s for each row\n")
    print(f"{'server':<16}{'beside':<26}{'asked':>7}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}"
          f"{'p99 / quiet':>13}{'failed':>8}{'wrong':>7}{'MiB':>8}  crowd")
    for subject in everybody:
        subject.prepare(len(CROWDS) * QUESTIONS, 0, 1)
        quiet = None
        for beside, crowd in CROWDS.items():
            if not subject.server.is_running():
                print(f"{subject.name:<16}{beside:<26}  DID NOT SURVIVE")
                figures.append({"server": subject.name, "beside": beside, "survived": False})
                good = good and subject.name != OURS
                continue
            say(f"{subject.name}: {beside}…")
            line = _beside(subject, crowd)
            quiet = quiet or line
            line.update({"server": subject.name, "beside": beside, "survived": True})
            figures.append(line)
            if subject.name == OURS and (line["failed"] or line["wrong"]):
                good = False
            print(f"{subject.name:<16}{beside:<26}{line['asked']:>7}{line['p50'] / 1000:>9.2f}"
                  f"{line['p99'] / 1000:>9.2f}{line['max'] / 1000:>9.1f}"
                  f"{line['p99'] / quiet['p99']:>13.1f}{line['failed']:>8}{line['wrong']:>7}"
                  f"{line['mib'] or 0:>8.1f}  {line['crowd']}", flush=True)
    return good, {"rows": figures}


def _beside(subject, crowd):
    clients = None
    if any(crowd):
        program = pathlib.Path(__file__).with_name("hostile_clients.py")
        clients = subprocess.Popen(
            [sys.executable, program, str(subject.server.port), *map(str, crowd)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        time.sleep(GATHERING)
    try:
        line = load.run(subject.server, [(q.publish(key), 200) for key in subject.take(QUESTIONS)],
                        timeout=2, limit=LIMIT)
        line["mib"] = subject.server.resident_mib()
    finally:
        told = {}
        if clients is not None:
            told = json.loads(clients.communicate()[0])
    line["crowd"] = ", ".join(f"{count} {what}" for what, count in told.items())
    return line
