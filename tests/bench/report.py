"""Prints ratios and the table."""

import math
import statistics

import rows

MEMORY_TARGET_MIB = 40


RATIOS = ("p50", "p99", "rate", "cpu", "cpu+db")


def _ratios(mine, theirs):
    """Returns the ratios in the order of RATIOS; None where a value is unknown."""
    pairs = [(mine["p50"], theirs["p50"]), (mine["p99"], theirs["p99"]),
             (theirs["rate"], mine["rate"]), (mine["server_cpu"], theirs["server_cpu"]),
             (mine["server_cpu"] + mine["database_cpu"],
              theirs["server_cpu"] + theirs["database_cpu"])]
    return [above / below if above and below else None for below, above in pairs]


def _print_ratios(row, against, ratios_):
    cells = "".join(f"{'-' if ratio is None else format(ratio, '.2f'):>9}" for ratio in ratios_)
    print(f"{row[0]:<34}{row[2]:>8}  {against:<24}{cells}")


def ratios(sheet, ours, others):
    """Above 1 ours is better: their time over our time, our rate over their rate. Only rows with
    new connections, as MediaMTX opens them; rows with kept ones only against merged claims."""
    print("ratios: above 1 ours is better (their time / our time, our rate / their rate); "
          "new connections, if not told otherwise\n")
    print(f"{'row':<34}{'at once':>8}  {'against':<24}"
          + "".join(f"{name:>9}" for name in RATIOS))
    of_auth = {}
    for row in sheet.rows:
        mine = sheet.line(row, ours)
        if mine is None or row[1] != rows.NEW:
            continue
        against = {name: sheet.line(row, name) for name in others}
        if row[0] == "/auth accept":
            against["bare route + bare claim"] = floor(sheet, row)
        for name, theirs in against.items():
            if theirs is None:
                continue
            _print_ratios(row, name, _ratios(mine, theirs))
            if row[0].startswith("/auth") and name in others:
                of_auth.setdefault(name, []).append(_ratios(mine, theirs))
    for name, lines in of_auth.items():
        _print_ratios(("all of /auth, geometric mean", "", ""), name,
                      [None if None in column else statistics.geometric_mean(column)
                       for column in zip(*lines)])
    for way in (rows.NEW, rows.KEPT):
        _print_merged(sheet, ours, ("/auth accept", way, rows.MERGED[2]))
    print()


def _print_merged(sheet, ours, row):
    """Compares only rates, because the times of a statement are not those of a claim."""
    mine, theirs = sheet.line(row, ours), sheet.line(rows.MERGED, "pgbench")
    if mine is None or theirs is None:
        return
    what = row[0] if row[1] == rows.NEW else f"{row[0]}, {row[1]} connections"
    _print_ratios((what, *row[1:]), rows.MERGED[0],
                  [mine["rate"] / theirs["rate"] if name == "rate" else None for name in RATIOS])


def floor(sheet, row):
    """The bare route and the bare claim one after the other, as one request must do them."""
    route = sheet.line(row, "bare route")
    claim = sheet.line(("bare claim", rows.KEPT, row[2]), "pgbench")
    if route is None or claim is None:
        return None
    line = {name: route[name] + claim[name] for name in ("p50", "p95", "p99", "max")}
    # Both share the processors, so the times that they take for a request add up.
    line["rate"] = 1 / (1 / route["rate"] + 1 / claim["rate"])
    line["server_cpu"] = route["server_cpu"]
    line["database_cpu"] = claim["database_cpu"]
    return line


def _milliseconds(microseconds):
    if microseconds >= 100_000:
        return f"{microseconds / 1000:.0f}"
    return f"{microseconds / 1000:.{2 if microseconds >= 1000 else 3}f}"


def table(sheet, ours):
    """Returns True when our server meets every target. Times in milliseconds; cpu in microseconds for each
    request."""
    print("table: medians over the rounds; times in ms, processor time in us for each request\n")
    print(f"{'what':<34}{'conn.':>6}{'at once':>8}  {'server':<14}{'per s':>8}{'p50':>9}{'p95':>9}"
          f"{'p99':>9}{'max':>9}{'cpu':>8}{'cpu db':>8}{'wrong':>7}{'failed':>7}  target (p95)")
    good = True
    for row, server, line in sheet.lines():
        verdict = ""
        if server == ours:
            met = sheet.is_met(row, server)
            good = good and met is not False and not line["wrong"] and not line["failed"]
            if met is not None:
                verdict = f"  {sheet.targets[row]:g} {'met' if met else 'MISSED'}"
        times = "".join(f"{_milliseconds(line[name]):>9}" for name in ("p50", "p95", "p99", "max"))
        cpu = f"{line['server_cpu']:.1f}" if line["server_cpu"] else "-"
        print(f"{row[0]:<34}{row[1]:>6}{row[2]:>8}  {server:<14}{line['rate']:>8.0f}{times}"
              f"{cpu:>8}{line['database_cpu']:>8.1f}{line['wrong']:>7}{line['failed']:>7}{verdict}")
    print()
    for server, mib in sheet.memory.items():
        if mib is None:
            continue
        verdict = ""
        if server == ours:
            met = mib <= MEMORY_TARGET_MIB
            good = good and met
            verdict = f" (target {MEMORY_TARGET_MIB}: {'met' if met else 'MISSED'})"
        print(f"resident memory of {server}: {mib:.1f} MiB{verdict}")
    return good


def slope(points):
    """The slope of y over x by least squares."""
    count = len(points)
    mean_x = math.fsum(x for x, _ in points) / count
    mean_y = math.fsum(y for _, y in points) / count
    spread = math.fsum((x - mean_x) ** 2 for x, _ in points)
    return math.fsum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
