"""Figures beside their targets."""

import math


def quantile(values, share):
    """The smallest value that is not exceeded by this share of all values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


class Table:
    """Prints one line for each figure. `missed`: some target was not reached."""

    def __init__(self):
        self.missed = False
        print(f"{'what, times in milliseconds':<58}{'n':>5}{'p50':>9}{'p95':>9}{'max':>9}{'target':>9}",
              flush=True)

    def times(self, what, seconds, target, share=0.95):
        """The target, in seconds, applies to that share of all values."""
        met = self._judge(quantile(seconds, share) <= target)
        figures = [quantile(seconds, 0.5), quantile(seconds, 0.95), max(seconds), target]
        numbers = "".join(f"{1000 * figure:>9.0f}" for figure in figures)
        print(f"{what:<58}{len(seconds):>5}{numbers} {met}", flush=True)

    def figure(self, what, value, unit, most):
        met = self._judge(value <= most)
        print(f"{what:<58}{value:>14.2f} {unit} (at most {most:g}) {met}", flush=True)

    def _judge(self, is_met):
        self.missed = self.missed or not is_met
        return "met" if is_met else "MISSED"
