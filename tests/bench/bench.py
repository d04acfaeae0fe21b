#!/usr/bin/env python3
"""Measures a release build of the server against what else could stand there. Run it through
run.sh, which gives it a PostgreSQL of its own."""

import argparse
import json
import os
import pathlib
import sys
import tempfile

import bare_claim
import load
import report
import rows
import servers
import subjects
from database import Database
from sheet import Sheet

OURS = "rescuestream"


def say(text):
    print(text, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(
        prog="tests/bench/run.sh", formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        description="Measures the server. Exit code 1: a target was missed.")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each server")
    parser.add_argument("--scale", type=float, default=1, help="questions, times this")
    parser.add_argument("--keys", type=int, default=10_000, help="stream keys in the lists")
    parser.add_argument("--live", type=int, default=1_000, help="live streams")
    parser.add_argument("--ended", type=int, default=100_000, help="ended streams")
    parser.add_argument("--claim-seconds", type=float, default=1, help="of pgbench, each time")
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    other = parser.add_argument_group("another server with the Go service's routes")
    other.add_argument("--other-command", metavar="PROGRAM", help="is started with a database of "
                       "its own and the Go service's settings in its environment")
    other.add_argument("--other", metavar="URL", help="runs already, on this machine")
    other.add_argument("--other-secret", metavar="SECRET", default="")
    other.add_argument("--other-pid", metavar="PID", type=int)
    other.add_argument("--other-name", metavar="NAME", default="other")
    return parser.parse_args()


def other_server(options, database, work_dir):
    if options.other_command:
        return servers.start(options.other_name, os.path.abspath(options.other_command),
                             database.create("other"), work_dir)
    if options.other:
        return servers.running(options.other_name, options.other, options.other_secret,
                               options.other_pid)
    return None


def compare(options, programs, database, work_dir, started):
    """The ordinary table."""
    url = database.create("ours")
    ours = subjects.Filled(servers.start(OURS, programs / "rescuestream-server", url, work_dir), url)
    started.append(ours.server)
    bare_route = servers.start_bare_route(programs / "rescuestream_bench_bare_route", work_dir)
    started.append(bare_route)
    everybody = [ours]
    if (other := other_server(options, database, work_dir)) is not None:
        started.append(other)
        everybody.append(subjects.Served(other))

    sheet = Sheet()
    for subject in everybody:
        say(f"making {options.keys} keys and {options.live} live streams of {subject.name}…")
        subject.prepare(options.keys, options.live, options.ended)
    say("lists…")
    rows.lists(sheet, everybody, options.rounds, options.live, options.keys)
    for subject in everybody:
        say(f"making the keys that {subject.name} will be asked about…")
        missing = rows.keys_needed(options.rounds, options.scale) - len(subject.free_keys)
        if missing > 0:
            subject.add_keys(missing)
    bare_claim.prepare(url)

    def on_round(number):
        say(f"/auth, round {number + 1} of {options.rounds}…")
        rows.claims(sheet, url, options.claim_seconds, database.cpu_seconds)

    rows.auth(sheet, everybody, options.rounds, options.scale, bare_route, on_round=on_round)
    for subject in everybody:
        sheet.memory[subject.name] = subject.server.resident_mib()
    sheet.memory[bare_route.name] = bare_route.resident_mib()
    say("writes…")
    rows.writes(sheet, everybody, options.rounds)
    report.ratios(sheet, OURS, [subject.name for subject in everybody[1:]])
    return report.table(sheet, OURS), sheet.as_json()


def main():
    options = arguments()
    programs = pathlib.Path(os.environ["RESCUESTREAM_BENCH_PROGRAMS"])
    database = Database(os.environ["RESCUESTREAM_TEST_POSTGRES"],
                        os.environ["RESCUESTREAM_TEST_POSTGRES_DATA"])
    load.PROGRAM = programs / "rescuestream_bench"
    load.POSTMASTER_PID = database.postmaster_pid
    started = []
    with tempfile.TemporaryDirectory(prefix="rescuestream-bench-") as work_dir:
        try:
            good, figures = compare(options, programs, database, work_dir, started)
        except BaseException:
            for server in started:
                sys.stderr.write(server.last_words())
            raise
        finally:
            for server in started:
                server.stop()
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
