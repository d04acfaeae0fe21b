#!/usr/bin/python3
"""Kills and freezes programs and cuts connections while encoders start and stop, and compares the
server's lists with MediaMTX's. Exit code 0: no violation; 1: some; 77: cannot run here."""

import argparse
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import clock  # noqa: E402  (after the path that holds what these import)
import postgres  # noqa: E402
from runner import Runner  # noqa: E402
from stack import binaries  # noqa: E402

SKIPPED = 77


def arguments():
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5,
                        help="begins no new fault after that many minutes (default: %(default)g)")
    parser.add_argument("--seed", type=int, help="replays the faults and actions of another run")
    parser.add_argument("--short", action="store_true",
                        help="each fault of the table once, briefly, and ignores --minutes")
    parser.add_argument("--keep", action="store_true", help="keeps the evidence in any case")
    parser.add_argument("--right-clock", action="store_true",
                        help="never steps the server's clock: needed with sanitizers")
    return parser.parse_args()


def missing(with_clock):
    """Returns what is needed and missing; None when nothing is."""
    server, command_line, media_mtx = binaries()
    for program in (server, command_line):
        if not shutil.which(program):
            return f"{program} (build it first)"
    if not shutil.which(media_mtx):
        return "MediaMTX (set MEDIAMTX_BIN or PATH)"
    if not shutil.which("ffmpeg"):
        return "ffmpeg"
    if not postgres.programs():
        return "a PostgreSQL server (Debian package postgresql)"
    if with_clock and not clock.library():
        return "libfaketime (Debian package faketime; --right-clock does without)"
    return None


def main():
    options = arguments()
    with_clock = not options.right_clock
    what = missing(with_clock)
    if what:
        print(f"skipped: {what} is not there")
        return SKIPPED
    # Like Ctrl-C: everything that was started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    seed = random.randrange(1_000_000) if options.seed is None else options.seed
    directory = pathlib.Path(tempfile.mkdtemp(prefix="rescuestream-chaos-"))
    begun = time.monotonic()
    violations = None
    try:
        runner = Runner(directory, seed, None if options.short else options.minutes,
                        with_clock)
        try:
            violations = runner.run()
        finally:
            runner.close()
    finally:
        if violations == [] and not options.keep:
            shutil.rmtree(directory)
        else:
            print(f"evidence: {directory} (after {time.monotonic() - begun:.0f} s)")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
