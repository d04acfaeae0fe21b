#!/usr/bin/env python3
"""Counts the instructions of the server, outside the kernel, for a request to `/auth` that needs no database: without
tracing, and with 1 % and all of the requests traced while the collector is dead. Callgrind counts them, on the thread that
answers these requests, so neither the load of the machine nor other work of the server has an influence. Needs valgrind and
a release build (RESCUESTREAM_BENCH_PROGRAMS: its bin directory).

  instructions.py [--server PROGRAM] [--requests N] [--what read,reject] [--connections kept,new]
"""

import argparse
import os
import pathlib
import re
import subprocess
import tempfile

import load
import questions as q
import servers
import tracing

QUESTIONS = {"read": lambda: (q.read("live/unit-0"), 200), "reject": lambda: (q.publish_unknown(), 401)}
THREAD = "rescuestream::server::Reactor::run()"
# The queue of spans is full after these, also if few of them are traced.
WARM_UP = {None: 500, "0.01": 500, "1": 2_500}
SLOWER = 50  # a server under callgrind


def _control(option, pid):
    subprocess.run(["callgrind_control", option, str(pid)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def _ask(server, what, count, kept):
    asked = load.run(server, [QUESTIONS[what]() for _ in range(count)], kept=kept)
    if asked["wrong"] or asked["failed"]:
        raise RuntimeError(f"{asked['wrong']} wrong and {asked['failed']} failed answers")


def _total(directory):
    """Source: the manual of callgrind, "File format": the first dump is of the requested moment."""
    text = pathlib.Path(directory, "out.1").read_text(encoding="utf-8", errors="replace")
    return int(re.search(r"^(?:totals|summary): (\d+)", text, re.MULTILINE).group(1))


def per_request(program, share, what, kept, count):
    with tempfile.TemporaryDirectory(prefix="rescuestream-bench-") as directory:
        command = pathlib.Path(directory, "command")
        command.write_text(f"#!/bin/sh\nexec valgrind --tool=callgrind --toggle-collect='{THREAD}' "
                           f"--callgrind-out-file='{directory}/out' '{program}'\n", encoding="utf-8")
        command.chmod(0o700)
        server = servers.start("callgrind", str(command), "memory:", directory, more=tracing.environment(share))
        try:
            _ask(server, what, WARM_UP[share], kept)
            _control("-z", server.pid)
            _ask(server, what, count, kept)
            _control("-d", server.pid)
        finally:
            server.stop()
        return _total(directory) / count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    programs = pathlib.Path(os.environ.get("RESCUESTREAM_BENCH_PROGRAMS", "build/release/bin"))
    parser.add_argument("--server", default=programs / "rescuestream-server")
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--what", default="read,reject")
    parser.add_argument("--connections", default="kept,new")
    options = parser.parse_args()
    load.PROGRAM = programs / "rescuestream_bench"
    load.TIME_FACTOR = SLOWER
    print(f"{'':<8}{'connections':>12}{'traced':>8}{'instructions':>14}{'more':>8}")
    for what in options.what.split(","):
        for connections in options.connections.split(","):
            off = None
            for share in WARM_UP:
                count = per_request(os.path.abspath(options.server), share, what, connections == "kept",
                                    options.requests)
                off = off or count
                print(f"{what:<8}{connections:>12}{share or 'off':>8}{count:>14,.0f}{count / off - 1:>8.1%}",
                      flush=True)


if __name__ == "__main__":
    main()
