#!/usr/bin/env python3
"""Measures a release build of the server. Run it through run.sh, which gives it a PostgreSQL of
its own; README.md tells what is measured."""

import argparse
import json
import os
import pathlib
import signal
import sys
import tempfile

import comparison
import growth
import hostile
import joining
import load
import regression
import soak
import tracing
from database import Database
from machine import Neighbours
from run_context import Context


def numbers(text):
    return [int(part) for part in text.split(",")]


def parts(text):
    chosen = text.split(",")
    for part in chosen:
        if part not in comparison.PARTS:
            raise argparse.ArgumentTypeError(f"the parts are {', '.join(comparison.PARTS)}")
    return chosen


def arguments():
    parser = argparse.ArgumentParser(
        prog="tests/bench/run.sh", formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        description="Measures the server. Without --growth, --hostile, --soak, --tracing, --joining or --guard: the "
        "table. Exit code 1: a target was missed.")
    parser.add_argument("--json", metavar="FILE",
                        help="write all figures there, beside those of other kinds of run")

    parser.add_argument("--server", metavar="PROGRAM", help="our server, if it is not of the same build "
                        "as the load generator")
    parser.add_argument("--server-log", metavar="FILE", help="write the output of our server there")
    parser.add_argument("--sqlite", action="store_true", help="ours keeps its data in SQLite, for "
                        "--hostile and --soak; its keys are created through its API")
    parser.add_argument("--time-factor", metavar="N", type=int, default=1,
                        help="multiplies the time limits of answers")

    table = parser.add_argument_group("table")
    table.add_argument("--rounds", type=int, default=3, help="rounds in which each server is measured")
    table.add_argument("--scale", type=float, default=1, help="multiplies the number of requests")
    table.add_argument("--keys", type=int, default=10_000, help="stream keys in the lists")
    table.add_argument("--live", type=int, default=1_000, help="live streams")
    table.add_argument("--ended", type=int, default=100_000, help="ended streams")
    table.add_argument("--only", metavar="PART,PART", type=parts, default=comparison.PARTS,
                       help="the parts of the table that are measured")

    other = parser.add_argument_group("another server with the Go service's routes, for the table "
                                      "and --hostile")
    other.add_argument("--other-command", metavar="PROGRAM", help="is started with a database of "
                       "its own and the Go service's settings in its environment")
    other.add_argument("--other", metavar="URL", help="runs already, on this machine")
    other.add_argument("--other-secret", metavar="SECRET", default="")
    other.add_argument("--other-pid", metavar="PID", type=int)
    other.add_argument("--other-name", metavar="NAME", default="other")

    kinds = parser.add_argument_group("other kinds of run")
    kinds.add_argument("--growth", action="store_true", help="cost and memory against sizes")
    kinds.add_argument("--growth-keys", metavar="N,N", type=numbers, default=[1_000, 100_000,
                                                                             1_000_000])
    kinds.add_argument("--growth-ended", metavar="N,N", type=numbers, default=[0, 1_000_000,
                                                                              10_000_000])
    kinds.add_argument("--growth-other-keys", metavar="N", type=int, default=10_000,
                       help="keys while the history grows")
    kinds.add_argument("--growth-audit", metavar="SHARE", type=float, default=0.1,
                       help="audit entries for each ended stream")
    kinds.add_argument("--hostile", action="store_true", help="latency beside hostile clients")
    kinds.add_argument("--soak", metavar="N", type=int, help="memory over N mixed requests")
    kinds.add_argument("--tracing", action="store_true", help="what traces cost while their collector is dead")
    kinds.add_argument("--tracing-rounds", metavar="N", type=int, default=28,
                       help="rounds in which each server is measured")
    kinds.add_argument("--joining", action="store_true", help="latency while 1,000 viewers join in two "
                       "seconds beside encoders that reconnect")
    kinds.add_argument("--guard", metavar="PROGRAM", help="the server of another revision; exit "
                       "code 1 when that one was faster. guard.sh builds one")
    return parser.parse_args()


def write_json(file, name, figures):
    path = pathlib.Path(file)
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known[name] = figures
    path.write_text(json.dumps(known, indent=1), encoding="utf-8")


def main():
    options = arguments()
    # Servers and directories are removed in that case too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    kinds = {"growth": (options.growth, growth), "hostile": (options.hostile, hostile),
             "soak": (options.soak, soak), "guard": (options.guard, regression),
             "tracing": (options.tracing, tracing), "joining": (options.joining, joining)}
    chosen = [(name, module) for name, (wanted, module) in kinds.items() if wanted]
    if len(chosen) > 1:
        sys.exit("one kind of run at a time")
    if options.sqlite and not (options.hostile or options.soak):
        sys.exit("--sqlite needs --hostile or --soak")
    name, kind = chosen[0] if chosen else ("comparison", comparison)
    database = Database(os.environ["RESCUESTREAM_TEST_POSTGRES"],
                        os.environ["RESCUESTREAM_TEST_POSTGRES_DATA"])
    programs = pathlib.Path(os.environ["RESCUESTREAM_BENCH_PROGRAMS"])
    load.PROGRAM = programs / "rescuestream_bench"
    load.POSTMASTER_PID = database.postmaster_pid
    load.TIME_FACTOR = options.time_factor
    neighbours = Neighbours(database)
    with tempfile.TemporaryDirectory(prefix="rescuestream-bench-") as work_dir:
        context = Context(options, programs, database, work_dir)
        try:
            good, figures = kind.run(context)
        except BaseException as error:
            sys.stderr.write(str(getattr(error, "stderr", None) or ""))
            for server in context.started:
                sys.stderr.write(server.last_words())
            raise
        finally:
            ended_well = context.stop()
    others, stolen = neighbours.shares()
    print(f"meanwhile other programs took {others:.0f} % of the processors, "
          f"the host {stolen:.0f} %")
    if options.json:
        write_json(options.json, name, figures)
    return 0 if good and ended_well else 1


if __name__ == "__main__":
    sys.exit(main())
