"""Measures what traces cost `/auth` while their collector is dead: servers without tracing, with 1 %, and with all requests
traced, in alternation on one PostgreSQL."""

import os
import statistics

import rows
import subjects
from run_context import say
from sheet import Sheet

LOADS = {16: 4000}
OFF = "off"
# Share of the rate that may be lost.
TRACED = {"1 %": ("0.01", 0.01), "100 %": ("1", 0.05)}


def _environment(share):
    # Nothing listens on this port.
    return {"TRACING_ENABLED": "true", "TRACING_SAMPLERATE": share,
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}


def _subject(context, name, environment, keys):
    program = os.path.abspath(context.options.server or context.programs / "rescuestream-server")
    url = context.database.create("traced" + "".join(filter(str.isalnum, name)))
    subject = subjects.Filled(context.start(f"tracing {name}", program, url, more=environment), url)
    subject.prepare(keys, 0, 0)
    return subject


def _lost(sheet, row, name):
    """The median of each round's lost share of the rate: when the machine is slow for a while, that affects all
    servers of a round."""
    return statistics.median(1 - traced["rate"] / off["rate"] for traced, off in zip(
        sheet.rows[row][name], sheet.rows[row][f"tracing {OFF}"], strict=True))


def run(context):
    """Returns False when tracing costs more than it may."""
    options = context.options
    keys = 10 + 2 * options.rounds * int(options.scale * sum(LOADS.values()))
    everybody = [_subject(context, OFF, {}, keys)] + [
        _subject(context, name, _environment(share), keys) for name, (share, _) in TRACED.items()]
    sheet = Sheet()
    say("measuring…")
    rows.auth(sheet, everybody, options.rounds, options.scale, loads=LOADS)
    good = True
    print(f"{'rate lost':<16}{'connections':>12}{'traced':>8}{'lost':>9}{'at most':>9}")
    for row in sheet.rows:
        for name, (_, most) in TRACED.items():
            lost = _lost(sheet, row, f"tracing {name}")
            line = sheet.line(row, f"tracing {name}")
            bad = lost > most or line["wrong"] or line["failed"]
            good = good and not bad
            print(f"{row[0]:<16}{row[1]:>12}{name:>8}{lost:>9.1%}{most:>9.0%}   {'MORE' if bad else 'good'}")
    return good, sheet.as_json()
