"""Measures how much processor time other programs used during a measurement."""

import os
import pathlib
import resource
import time


def _used_and_stolen():
    """Returns the processor seconds of all programs of this machine, and those that other guests of the host took.
    Source: proc(5), /proc/stat: user nice system idle iowait irq softirq steal guest guest_nice."""
    line = pathlib.Path("/proc/stat").read_text("ascii").splitlines()[0]
    times = [int(field) / os.sysconf("SC_CLK_TCK") for field in line.split()[1:]]
    return sum(times[:3]) + sum(times[5:7]), times[7]


def _ours(database):
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return database.cpu_seconds() + sum(usage.ru_utime + usage.ru_stime for usage in usages)


class Neighbours:
    """Begins with its construction. All programs that we started must have ended in the end."""

    def __init__(self, database):
        self._database = database
        self._begin = time.monotonic()
        self._ours = _ours(database)
        self._used, self._stolen = _used_and_stolen()

    def shares(self):
        """Returns, in percent of all processors, what other programs took, and what other guests of the host took."""
        all_seconds = (time.monotonic() - self._begin) * os.cpu_count() / 100
        used, stolen = _used_and_stolen()
        others = used - self._used - (_ours(self._database) - self._ours)
        return max(0.0, others / all_seconds), (stolen - self._stolen) / all_seconds
