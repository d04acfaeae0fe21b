"""The ordinary run: ours and everything that it is compared with."""

import bare_claim
import fresh
import report
import rows
from run_context import OURS, say
from sheet import Sheet


PARTS = ("lists", "auth", "writes", "fresh")


def run(context):
    """Returns whether every target is met, and all figures."""
    options = context.options
    ours = context.start_ours_filled()
    everybody = [ours]
    if (other := context.other()) is not None:
        everybody.append(other)
    sheet = Sheet()
    for subject in everybody:
        say(f"creating {options.keys} keys and {options.live} live streams of {subject.name}…")
        subject.prepare(options.keys, options.live, options.ended)
    if "lists" in options.only:
        say("lists…")
        rows.lists(sheet, everybody, options.rounds, options.live, options.keys)
    if "auth" in options.only:
        _auth(sheet, context, everybody)
    if "writes" in options.only:
        say("writes…")
        rows.writes(sheet, everybody, options.rounds)
    if "fresh" in options.only:
        fresh.measure(sheet, context)
    report.ratios(sheet, OURS, [subject.name for subject in everybody[1:]])
    is_fresh_good = fresh.judge(sheet)
    return report.table(sheet, OURS) and is_fresh_good, sheet.as_json()


def _auth(sheet, context, everybody):
    options = context.options
    ours = everybody[0]
    bare_route = context.start_bare_route()
    for subject in everybody:
        say(f"creating the keys for the requests to {subject.name}…")
        missing = rows.keys_needed(options.rounds, options.scale) - len(subject.free_keys)
        if missing > 0:
            subject.add_keys(missing)
    bare_claim.prepare(ours.database)

    def on_round(number):
        say(f"/auth, round {number + 1} of {options.rounds}…")
        rows.claims(sheet, ours.database, options.scale, context.database.cpu_seconds)

    rows.auth(sheet, everybody, options.rounds, options.scale, bare_route, on_round=on_round)
    for subject in everybody:
        sheet.memory[subject.name] = subject.server.resident_mib()
    sheet.memory[bare_route.name] = bare_route.resident_mib()
