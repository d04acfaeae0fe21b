#!/usr/bin/env python3
"""Draws what `run.sh --json FILE` wrote: SVG files that need no other program.

  tests/bench/plots.py FILE [DIRECTORY]      (rescuestream-server/docs/plots)"""

import json
import pathlib
import sys

import report
from svg import Bars, Lines

DOCS = pathlib.Path(__file__).resolve().parents[2] / "rescuestream-server" / "docs" / "plots"
FLOOR = "bare route + bare claim"


class _Table:
    """The rows of a comparison as report.floor() reads them."""

    def __init__(self, rows):
        self._lines = {((line["what"], line["connections"], line["at_once"]), line["server"]): line
                       for line in rows}

    def line(self, row, server):
        return self._lines.get((row, server))

    def servers(self, what):
        """The servers that have this row, in the order of the table, and the bare route with the bare claim."""
        found = dict.fromkeys(server for (row, server) in self._lines if row[0] == what)
        found.pop("bare route", None)
        return [*found, FLOOR] if what == "/auth accept" else list(found)

    def figure(self, row, server, name):
        line = report.floor(self, row) if server == FLOOR else self.line(row, server)
        return line[name] if line else None


def comparison(figures, directory):
    """Times and rates of the requests that MediaMTX sends."""
    table = _Table(figures["rows"])
    loads = (1, 16, 100)
    for what in ("accept", "reject", "read"):
        servers = table.servers(f"/auth {what}")
        for name, title, unit, factor in (
                ("p50", "median time", "ms", 1e-3), ("p99", "time of 99 of 100", "ms", 1e-3),
                ("rate", "answers", "a second", 1)):
            bars = Bars(f"/auth {what}: {title}, a new connection for each request", unit,
                        [f"{load} at once" for load in loads], log=unit == "ms")
            for server in servers:
                values = [table.figure((f"/auth {what}", "new", load), server, name)
                          for load in loads]
                bars.add(server, [value and factor * value for value in values])
            (directory / f"auth-{what}-{name}.svg").write_text(bars.draw(), encoding="utf-8")


def growth(figures, directory):
    """Cost against the number of keys and of ended streams."""
    for grows, size, title in (("keys", "keys", "stream keys"),
                               ("history", "ended", "ended streams")):
        points = [point for point in figures["sizes"] if point["grows"] == grows]
        if len(points) < 2:
            continue
        lines = Lines(f"Cost against the number of {title} (first point = 1)", title,
                      [point[size] for point in points])
        for name, label in (("p50", "median time of /auth accept at 1"),
                            ("rate_at_16", "answers a second at 16"),
                            ("mib_at_start", "memory after the start")):
            lines.add(label, [point[name] / points[0][name] for point in points])
        (directory / f"growth-{grows}.svg").write_text(lines.draw(), encoding="utf-8")


def hostile(figures, directory):
    """Time of the slowest of a hundred requests beside hostile clients."""
    crowds = list(dict.fromkeys(row["beside"] for row in figures["rows"]))
    bars = Bars("/auth accept beside hostile clients: time of 99 of 100", "ms", crowds, log=True)
    for server in dict.fromkeys(row["server"] for row in figures["rows"]):
        by_crowd = {row["beside"]: row for row in figures["rows"] if row["server"] == server}
        bars.add(server, [by_crowd[crowd].get("p99") and by_crowd[crowd]["p99"] / 1000
                          if crowd in by_crowd else None for crowd in crowds])
    (directory / "hostile-p99.svg").write_text(bars.draw(), encoding="utf-8")


def soak(figures, directory):
    """Memory against the number of requests."""
    samples = figures["samples"][1:]
    lines = Lines("Resident memory over mixed requests", "requests",
                  [count for count, _, _ in samples], log=False)
    lines.add("MiB", [mib for _, mib, _ in samples])
    (directory / "soak-memory.svg").write_text(lines.draw(), encoding="utf-8")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    figures = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    directory = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else DOCS
    directory.mkdir(parents=True, exist_ok=True)
    for name, draw in (("comparison", comparison), ("growth", growth), ("hostile", hostile),
                       ("soak", soak)):
        if name in figures:
            draw(figures[name], directory)
    print(f"{directory}: {', '.join(sorted(file.name for file in directory.glob('*.svg')))}")


if __name__ == "__main__":
    main()
