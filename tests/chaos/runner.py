"""Runs rounds: faults, and then the time in which everything must be right again."""

import sched
import time

import requests

import faults
from evidence import Trace
from judge import Violation
from ledger import Ledger
from plan import Plan
from report import Report
from topology import Topology
from watcher import Watcher
from workload import Workload

BACK_WITHIN = 60  # seconds after the last fault has ended, for all programs to answer
# Seconds with everything up: about 4 until the server notices that a dead owner of the key is gone, up to 4 that
# MediaMTX makes it wait after a refusal, 3 for its next attempt.
LET_IN_WITHIN = 20
ACKNOWLEDGED_WITHIN = 15  # seconds with everything up, for changes that were asked for

CLOCK_NOTICED_WITHIN = 3


class Runner:
    def __init__(self, directory, seed, minutes, with_clock):
        """minutes: None for the shortened form. with_clock: the clock is stepped too."""
        self._minutes = minutes
        self._report = Report(seed, minutes, directory)
        self._ledger = Ledger()
        self._trace = Trace(directory / "trace.jsonl")
        self._workload = self._watcher = None
        self._violations = []
        self._judged = 0
        self._unexpected = 0
        self._faults = {}
        self._begun = 0.0  # of the first round
        self._topology = Topology(directory, seed, with_clock)
        names = [name for name, fault in faults.FAULTS.items()
                 if (with_clock or fault.touches != "clock")
                 and (name != "disk full" or self._topology.postgres.can_fill)]
        if "disk full" not in names:
            print("skipped: disk full (no file system can be mounted here; root may)")
        self._plan = Plan(seed, minutes is None, names)
        try:
            self._topology.start()
            self._workload = Workload(self._topology, self._ledger, self._trace)
            self._watcher = Watcher(self._topology, self._ledger, self._trace)
        except BaseException:
            self.close()
            raise

    def close(self):
        for part in (self._watcher, self._workload, self._topology, self._trace):
            if part:
                part.close()

    def run(self):
        """Returns all violations."""
        self._watcher.wait_until_up_for(3, BACK_WITHIN)
        self._begun = time.monotonic()
        for plan in self._plan.rounds():
            if self._minutes is not None and self._elapsed() > 60 * self._minutes:
                break
            self._round(plan)
        self._report.totals(self._elapsed(), self._faults, self._workload.counts,
                            self._topology.hooks.counts, self._ledger.totals(), self._watcher,
                            self._violations)
        return self._violations

    def _elapsed(self):
        return time.monotonic() - self._begun

    def _round(self, plan):
        before = len(self._violations)
        begun = time.monotonic()
        self._trace.write("round", number=plan.number, faults=plan.name())
        timeline = sched.scheduler(time.monotonic, time.sleep)
        for action in plan.actions:
            timeline.enterabs(begun + action.at, 1, self._workload.perform, (action,))
        for injection in plan.injections:
            timeline.enterabs(begun + injection.at, 0, self._begin, (injection,))
            timeline.enterabs(begun + injection.end, 0, self._end, (injection,))
        healed = begun + max(injection.end for injection in plan.injections)
        timeline.run()
        up_since = self._watcher.wait_until_up_for(plan.settle, BACK_WITHIN, healed)
        if up_since is None:
            self._add("not up again", self._topology.not_up() or "up and down again")
        elif not self._workload.finished(ACKNOWLEDGED_WITHIN):
            self._add("not acknowledged", f"changes, {ACKNOWLEDGED_WITHIN} s long")
        else:
            for path in sorted(self._watcher.wait_until_publishing(self._workload.publishers,
                                                                   LET_IN_WITHIN)):
                self._add("kept out", f"the encoder on {path}, for {LET_IN_WITHIN} s")
        self._check_what_was_acknowledged()
        self._collect()
        agreed = self._watcher.agreed_since(up_since) if up_since is not None else None
        self._report.round(plan, begun - self._begun,
                           None if up_since is None else up_since - healed,
                           None if agreed is None else agreed - up_since,
                           self._violations[before:])

    def _begin(self, injection):
        self._excuse_after(injection)
        self._faults[injection.name] = self._faults.get(injection.name, 0) + 1
        self._trace.write("fault begins", name=injection.name, seconds=injection.seconds)
        faults.begin(injection.name, self._topology)

    def _excuse_after(self, injection):
        """A clock that was stepped ends the reconnect windows early."""
        if faults.FAULTS[injection.name].touches == "clock":
            self._ledger.stream_may_end(seconds=CLOCK_NOTICED_WITHIN)

    def _end(self, injection):
        self._excuse_after(injection)
        faults.end(injection.name, self._topology)
        self._trace.write("fault ends", name=injection.name)

    def _check_what_was_acknowledged(self):
        try:
            lost = self._ledger.lost(self._topology.api())
        except (requests.RequestException, AssertionError, ValueError) as error:
            self._add("the lists cannot be fetched", str(error))
            return
        for sentence in lost:
            self._add("acknowledged and lost", sentence)

    def _add(self, law, what):
        self._violations.append(Violation(law, what, time.monotonic()))
        self._trace.write("violation", law=law, what=what)

    def _collect(self):
        """Collects what the judge, the programs and the workload have reported since the last call."""
        judged = self._watcher.violations()
        for violation in judged[self._judged:]:
            self._violations.append(violation)
            self._trace.write("violation", law=violation.law, what=violation.what)
        self._judged = len(judged)
        ends = self._topology.unexpected_ends
        for _, name, status in ends[self._unexpected:]:
            self._add("ended by itself", f"{name}, status {status}")
        self._unexpected = len(ends)
        complaints, self._workload.complaints = self._workload.complaints, []
        for complaint in complaints:
            self._add("wrong answer", complaint)
