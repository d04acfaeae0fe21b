"""Measures what traces cost `/auth` while their collector is dead: two servers without tracing, one with 1 % and one with all
of the requests traced, in alternation on one PostgreSQL."""

import itertools
import os
import random
import statistics

import rows
import subjects
from run_context import say
from sheet import Sheet

# Many short turns: what disturbs the machine for a moment affects few of them, and their median not at all. The first
# hundreds of requests of a turn are slow, because caches are cold.
LOADS = {16: 3000}
OFF, OFF_AGAIN = "off", "off again"
# Share of the rate that may be lost. The second server without tracing shows how much two equal servers differ.
TRACED = {OFF_AGAIN: (None, 0.0), "1 %": ("0.01", 0.01), "100 %": ("1", 0.05)}
RESAMPLES = 2_000


def environment(share):
    """The settings of a server that traces this share of the requests; None: it traces nothing."""
    if share is None:
        return {}
    # Nothing listens on this port.
    return {"TRACING_ENABLED": "true", "TRACING_SAMPLERATE": share,
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}


def _subject(context, name, settings, keys):
    program = os.path.abspath(context.options.server or context.programs / "rescuestream-server")
    url = context.database.create("traced" + "".join(filter(str.isalnum, name)))
    subject = subjects.Filled(context.start(f"tracing {name}", program, url, more=settings), url)
    subject.prepare(keys, 0, 0)
    return subject


def interval(shares):
    """The median, and the interval that contains that of all rounds with a probability of 95 % (bootstrap)."""
    dice = random.Random(1)
    medians = sorted(statistics.median(dice.choices(shares, k=len(shares))) for _ in range(RESAMPLES))
    return statistics.median(shares), medians[RESAMPLES // 40], medians[-RESAMPLES // 40]


def _shares(sheet, row, name, figure):
    """What `name` has more of a figure than the servers without tracing, for each round: when the machine is slow for a
    while, that affects all servers of a round. The first round fills the queue of spans."""
    servers = sheet.rows[row]
    others = [OFF] if name == OFF_AGAIN else [OFF, OFF_AGAIN]
    shares = []
    for number in range(1, len(servers[_server(name)])):
        off = statistics.mean(servers[_server(other)][number][figure] for other in others)
        shares.append(servers[_server(name)][number][figure] / off - 1)
    return shares


def _server(name):
    return f"tracing {name}"


def _text(share):
    return "{:+.1%} ({:+.1%} to {:+.1%})".format(*share)


def _verdict(more, most):
    """Requests that take a share more of the server's time cost it at most that share of its rate."""
    if more[1] > most:
        return "MORE"
    return "good" if more[2] <= most else "not certain"


def _separate(context):
    """The servers get a processor of their own: where the scheduler puts whom makes more difference than traces.
    Returns the processors for the servers, and those for the database and the generator."""
    first, *others = sorted(os.sched_getaffinity(0))
    if others:
        os.sched_setaffinity(context.database.postmaster_pid, others)  # of the backends, too
    return {first}, set(others or [first])


def run(context):
    """Returns False when tracing certainly costs more than it may."""
    options = context.options
    of_servers, of_others = _separate(context)
    os.sched_setaffinity(0, of_servers)
    rounds = options.tracing_rounds + 1
    keys = 10 + 2 * rounds * int(options.scale * sum(LOADS.values()))
    everybody = [_subject(context, name, environment(share), keys)
                 for name, share in [(OFF, None)] + [(name, share) for name, (share, _) in TRACED.items()]]
    os.sched_setaffinity(0, of_others)
    sheet = Sheet()
    say("measuring…")
    rows.auth(sheet, everybody, rounds, options.scale, loads=LOADS)
    print(f"{'':<14}{'connections':>12}{'traced':>11}  {'more processor time':<28}{'more rate':<28}{'at most':>8}")
    good = True
    for name, (share, most) in TRACED.items():
        times, rates = [], []
        for row in sheet.rows:
            times.append(_shares(sheet, row, name, "server_cpu"))
            rates.append(_shares(sheet, row, name, "rate"))
            line = sheet.line(row, _server(name))
            is_wrong = line["wrong"] or line["failed"]
            good = good and not is_wrong
            print(f"{row[0]:<14}{row[1]:>12}{name:>11}  {_text(interval(times[-1])):<28}"
                  f"{_text(interval(rates[-1])):<28}{'WRONG' if is_wrong else '':>8}")
        time = interval(list(itertools.chain(*times)))
        verdict = _verdict(time, most) if share is not None else "compare"
        good = good and verdict != "MORE"
        print(f"{'all':<14}{'':>12}{name:>11}  {_text(time):<28}{_text(interval(list(itertools.chain(*rates)))):<28}"
              f"{most:>8.0%}   {verdict}")
    return good, sheet.as_json()
