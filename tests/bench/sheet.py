"""Results of all rounds, and their medians."""

import statistics

FIGURES = ("rate", "p50", "p95", "p99", "max",
           "server_cpu", "database_cpu", "generator_cpu")


class Sheet:
    """Figures by row and server. A row is (what, connections, at once)."""

    def __init__(self):
        self.rows = {}
        self.targets = {}
        self.memory = {}

    def add(self, row, server, result):
        self.rows.setdefault(row, {}).setdefault(server, []).append(result)

    def set_target(self, row, p95_milliseconds):
        self.targets[row] = p95_milliseconds

    def line(self, row, server):
        """Medians over the rounds, sums of wrong and failed answers; None: not measured."""
        results = self.rows.get(row, {}).get(server)
        if not results:
            return None
        line = {name: statistics.median(result.get(name, 0.0) for result in results)
                for name in FIGURES}
        line.update({name: sum(result[name] for result in results)
                     for name in ("asked", "wrong", "failed")})
        line["rounds"] = len(results)
        line["p50_of_rounds"] = [result["p50"] for result in results]
        return line

    def lines(self):
        for row, servers in self.rows.items():
            for server in servers:
                yield row, server, self.line(row, server)

    def is_met(self, row, server):
        """None: no target. A wrong or missing answer misses every target."""
        line = self.line(row, server)
        if row not in self.targets:
            return None
        return not line["wrong"] and not line["failed"] and line["p95"] <= 1000 * self.targets[row]

    def as_json(self):
        return {
            "rows": [{"what": row[0], "connections": row[1], "at_once": row[2], "server": server,
                      **line} for row, server, line in self.lines()],
            "resident_mib": self.memory,
        }
