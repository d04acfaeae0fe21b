"""Samples both lists every second and passes each sample to the judge."""

import threading
import time

import requests

from judge import Judge, Listed, Sample, Source
from ledger import WELCOME

PERIOD = 1.0
TIMEOUT = 3.0


class Watcher:
    def __init__(self, topology, ledger, trace):
        self._topology = topology
        self._ledger = ledger
        self._trace = trace
        self._api = topology.api(timeout=TIMEOUT)
        self._judge = Judge()
        self._condition = threading.Condition()
        self._closing = threading.Event()
        self._up_since = None
        self._agreements = []  # when both lists agreed, since everything has been up
        self._publishing = set()  # paths of welcome publishers, in the last sample
        self._live = 0  # publishers in all judged samples
        self.samples = 0
        self.judged = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def violations(self):
        with self._condition:
            return list(self._judge.violations)

    def wait_until_up_for(self, seconds, limit, after=0.0):
        """Returns since when everything has been up, for `seconds` without a break after `after`; None
        when it is still not up after `limit` seconds."""
        deadline = time.monotonic() + limit
        with self._condition:
            while True:
                now = time.monotonic()
                if self._up_since is not None:
                    since = max(self._up_since, after)
                    if now - since >= seconds:
                        return since
                if now > deadline and self._up_since is None:
                    return None
                self._condition.wait(0.2)

    def wait_until_publishing(self, expected, limit):
        """Returns the paths of `expected()` without a publisher although everything is up."""
        deadline = time.monotonic() + limit
        with self._condition:
            while (missing := expected() - self._publishing) and time.monotonic() < deadline:
                self._condition.wait(0.5)
            return missing if self._up_since is not None else set()

    def agreed_since(self, moment):
        """Returns when both lists agreed for the first time after that; None when they have not yet."""
        with self._condition:
            agreed = [at for at in self._agreements if at >= moment]
            return agreed[0] if agreed else None

    def publishers_on_average(self):
        return self._live / self.judged if self.judged else 0.0

    def close(self):
        self._closing.set()
        self._thread.join()

    def _run(self):
        due = time.monotonic()
        while not self._closing.is_set():
            sample, why = self._look()
            with self._condition:
                disagreements = self._judge.take(sample)
                self.samples += 1
                self._publishing = {source.path for source in sample.sources
                                    if source.ready and source.standing == WELCOME}
                if sample.not_up:
                    self._up_since = None
                    self._agreements = []
                else:
                    self.judged += 1
                    self._up_since = self._up_since or sample.at
                    self._live += len(sample.sources)
                    if not disagreements:
                        self._agreements.append(sample.at)
                self._condition.notify_all()
            self._trace.write(
                "sample", not_up=sample.not_up, error=why, disagreements=disagreements,
                media={source.connection: [source.path, source.standing, source.ready,
                                           source.received] for source in sample.sources},
                listed={one.connection: one.stream for one in sample.listed})
            due = max(due + PERIOD, time.monotonic())
            self._closing.wait(due - time.monotonic())

    def _look(self):
        """Returns a sample, and what went wrong."""
        before = self._topology.disturbances()
        begun = time.monotonic()
        not_up = self._topology.not_up()
        try:
            items = self._topology.media_paths(TIMEOUT)
            streams = self._api.call("GET", "/streams")["streams"]
        except (requests.RequestException, ValueError, AssertionError) as error:
            return Sample(begun, not_up or "the lists cannot be fetched", has_lists=False), str(error)
        if self._topology.disturbances() != before:
            not_up = not_up or "fault"
        sources = tuple(self._source(item) for item in items
                        if item["source"] and item["source"]["id"])
        listed = tuple(Listed(one["id"], one["stream_key_id"], one.get("source_id", ""))
                       for one in streams)
        return Sample(begun, not_up, sources, listed, self._ledger.excuses()), None

    def _source(self, item):
        standing, path = self._ledger.standing(item["name"])
        return Source(item["source"]["id"], path, standing, item["ready"],
                      item.get("inboundBytes", item["bytesReceived"]))
