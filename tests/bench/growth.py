"""Measures what a request costs, and how much memory the server takes, when keys or history grow."""

import time

import load
import rows
from run_context import OURS, say
from subjects import Filled

ROUNDS = 3
AT_ONE, AT_SIXTEEN = 400, 1500


def run(context):
    """Never fails, because it has no targets: it prints figures for the reader."""
    options = context.options
    figures = []
    print(f"{'grows':<8}{'keys':>10}{'ended':>12}{'p50 ms at 1':>13}{'p99 ms at 1':>13}"
          f"{'per s at 16':>13}{'cpu us':>9}{'cpu db us':>11}{'MiB, start':>12}{'MiB, after':>12}"
          f"{'wrong':>7}{'failed':>7}")
    for grows, sizes in (("keys", options.growth_keys), ("history", options.growth_ended)):
        url = context.database.create(f"growth_{grows}")
        context.start_ours(url).stop()  # which creates the tables
        ours = Filled(None, url)
        ended = 0
        for size in sorted(sizes):
            say(f"{grows}: {size:,}…")
            keys = size if grows == "keys" else options.growth_other_keys
            added = size - ended if grows == "history" else 0
            ended += added
            # A history that grows has new keys for each size: each can be used once.
            new_keys = keys - ours.keys if grows == "keys" else keys
            ours.fill(new_keys, ended=added,
                      audit=int(added * options.growth_audit), transitions=True)
            context.database.tidy_up(f"growth_{grows}")
            figures.append(_measure(context, ours, grows, ours.keys, ended))
        context.database.execute(f"DROP DATABASE growth_{grows}")
    return True, {"sizes": figures}


def _when_it_rests(server):
    """Returns its memory after it has read all keys, which shows in a size that no longer grows."""
    before, rests_since = server.resident_mib(), time.monotonic()
    while time.monotonic() - rests_since < 2:
        time.sleep(0.1)
        now = server.resident_mib()
        if now != before:
            before, rests_since = now, time.monotonic()
    return before


def _measure(context, ours, grows, keys, ended):
    ours.server = context.start_ours(ours.database)
    ours.name = OURS
    at_start = _when_it_rests(ours.server)
    # Each key can be used once, and no more are created, because their number is what is measured.
    share = len(ours.free_keys) // (4 * ROUNDS)
    at_one, at_sixteen = min(AT_ONE, share), min(AT_SIXTEEN, 3 * share)
    one, sixteen = [], []
    for _ in range(ROUNDS):
        one.append(load.run(ours.server, rows.auth_questions(ours, "accept", at_one)))
        sixteen.append(load.run(ours.server, rows.auth_questions(ours, "accept", at_sixteen), 16))
    middle = lambda results, name: sorted(result[name] for result in results)[ROUNDS // 2]
    point = {
        "grows": grows, "keys": keys, "ended": ended, "p50": middle(one, "p50"),
        "p99": middle(one, "p99"), "rate_at_16": middle(sixteen, "rate"),
        "server_cpu": middle(sixteen, "server_cpu"),
        "database_cpu": middle(sixteen, "database_cpu"), "mib_at_start": at_start,
        "mib_after": ours.server.resident_mib(),
        "wrong": sum(result["wrong"] for result in one + sixteen),
        "failed": sum(result["failed"] for result in one + sixteen)}
    ours.server.stop()
    print(f"{grows:<8}{keys:>10,}{ended:>12,}{point['p50'] / 1000:>13.3f}"
          f"{point['p99'] / 1000:>13.2f}{point['rate_at_16']:>13.0f}{point['server_cpu']:>9.1f}"
          f"{point['database_cpu']:>11.1f}{at_start:>12.1f}{point['mib_after']:>12.1f}"
          f"{point['wrong']:>7}{point['failed']:>7}", flush=True)
    return point
