"""Compares this build with that of another revision; both are measured in alternation on one PostgreSQL."""

import statistics

import rows
from run_context import say
from sheet import Sheet

WORSE = 1.25
LOADS = {1: 1000, 16: 2000}
FIGURES = ("p50", "server_cpu")


def _subject(context, name, program):
    subject = context.start_served(name, program, name)  # any revision can create keys through the API
    subject.prepare(10, 0, 0)
    return subject


def _ratios(sheet, row):
    """The median of each round's ratios, new over old: when the machine is slow for a while, that
    affects both servers of a round."""
    new, old = (sheet.rows[row][name] for name in ("new", "old"))
    return {figure: statistics.median(ours[figure] / theirs[figure]
                                      for ours, theirs in zip(new, old, strict=True)
                                      if theirs[figure])
            for figure in FIGURES}


def run(context):
    """Returns False when something is worse than before."""
    options = context.options
    everybody = [
        _subject(context, "old", options.guard),
        _subject(context, "new", context.programs / "rescuestream-server")]
    sheet = Sheet()
    verdict = []
    # What looks worse is measured again: a busy machine must not cause a false alarm.
    whats = ("accept", "reject", "read")
    for _ in range(2):
        say(f"measuring {', '.join(whats)}…")
        for subject in everybody:
            missing = (options.rounds * int(options.scale * sum(LOADS.values()))
                       - len(subject.free_keys))
            if missing > 0 and "accept" in whats:
                subject.add_keys(missing)
        rows.auth(sheet, everybody, options.rounds, options.scale, whats=whats, loads=LOADS,
                  connections=(rows.NEW,))
        verdict = [(row, _ratios(sheet, row)) for row in sheet.rows]
        whats = tuple(dict.fromkeys(row[0].split()[1] for row, ratios in verdict
                                    if max(ratios.values()) > WORSE))
        if not whats:
            break
    print(f"{'new / old':<16}{'at once':>8}{'p50':>8}{'cpu':>8}{'wrong':>7}{'failed':>8}   at most "
          f"{WORSE}")
    good = True
    for row, ratios in verdict:
        line = sheet.line(row, "new")
        bad = max(ratios.values()) > WORSE or line["wrong"] or line["failed"]
        good = good and not bad
        print(f"{row[0]:<16}{row[2]:>8}{ratios['p50']:>8.2f}{ratios['server_cpu']:>8.2f}"
              f"{line['wrong']:>7}{line['failed']:>8}   {'WORSE' if bad else 'good'}")
    return good, sheet.as_json()
