"""Measures a database that was never analysed: a new one, or a restored copy, that was filled since."""

import rows
import load
from run_context import OURS, say

KEYS = 12_000
AT_ONCE = 100
ROW = ("fresh database: /auth accept", rows.NEW, AT_ONCE)
ANALYSED = ("/auth accept", rows.NEW, AT_ONCE)
LEAST_SHARE = 0.8


def measure(sheet, context):
    """Keys are created through the API of separate servers, and used at once."""
    options = context.options
    context.database.set_autovacuum(False)
    try:
        subjects = [context.start_ours_served("ours_fresh")]
        if options.other_command:
            subjects.append(context.start_served(options.other_name, options.other_command,
                                                 "other_fresh"))
        count = int(options.scale * KEYS)
        for subject in subjects:
            say(f"creating {count} keys of {subject.name} in a database that is never analysed…")
            subject.tidy_up = lambda: None
            subject.prepare(count, 0, 0)
        for number in range(options.rounds):
            for subject in rows.in_turn(subjects, number):
                asked = rows.auth_questions(subject, "accept", count // options.rounds)
                sheet.add(ROW, subject.name, load.run(subject.server, asked, AT_ONCE))
    finally:
        context.database.set_autovacuum(True)


def judge(sheet):
    """Returns True when a fresh database costs at most a fifth of the rate."""
    fresh, analysed = sheet.line(ROW, OURS), sheet.line(ANALYSED, OURS)
    if fresh is None or analysed is None:
        return True
    share = fresh["rate"] / analysed["rate"]
    met = share >= LEAST_SHARE
    print(f"rate of /auth accept, {AT_ONCE} at once, in a database that was never analysed, against one "
          f"that was: {share:.2f} (target {LEAST_SHARE}: {'met' if met else 'MISSED'})\n")
    return met
