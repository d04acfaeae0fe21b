"""Compares the server's list with MediaMTX's. Does no input or output."""

import dataclasses

from ledger import BARRED, UNKNOWN, WELCOME

TOLERANCE = 5.0  # seconds that a disagreement may last while everything is up
STALE_AFTER = 5.0  # a source that delivers nothing for longer is not live
DELIVERS_WITHIN = 2.5  # a source whose bytes grew within this time is live
# A stream outlives a gap of its encoder of 60 s; gaps are known only to the interval of the samples.
RECONNECT_WINDOW = 55.0
COARSENESS = 2.0


@dataclasses.dataclass(frozen=True)
class Source:
    """A publisher in MediaMTX's list."""

    connection: str
    path: str  # without secrets
    standing: str  # of a publisher there, see ledger
    ready: bool
    received: int  # bytes


@dataclasses.dataclass(frozen=True)
class Listed:
    """A stream in the server's list."""

    stream: str
    key: str
    connection: str


@dataclasses.dataclass(frozen=True)
class Sample:
    at: float  # seconds, monotonic
    not_up: str | None  # the reason why a disagreement proves nothing; None: everything is up
    sources: tuple = ()
    listed: tuple = ()
    excuses: dict = dataclasses.field(default_factory=dict)  # key → until when its stream may end
    has_lists: bool = True  # False: the lists could not be fetched


@dataclasses.dataclass
class Violation:
    law: str
    what: str
    at: float
    seconds: float = 0.0  # that it lasted, as far as seen

    def __str__(self):
        lasted = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.law}: {self.what}{lasted}"


class Judge:
    def __init__(self):
        self.violations = []
        self._growth = {}  # connection → (bytes, when they last grew)
        self._open = {}  # disagreement → since when
        self._reported = {}  # disagreement → its violation
        self._doubled = set()
        self._streams = {}  # key → (its last listed stream, when)

    def take(self, sample):
        """Returns what the lists disagree about now; adds to `violations` what has lasted too long."""
        if not sample.has_lists:
            self._open = {}
            return []
        self._note_growth(sample)
        self._check_doubles(sample)
        self._check_continuity(sample)
        if sample.not_up:
            self._open = {}
            self._reported = {}
            return []
        now = set(self._disagreements(sample))
        self._open = {one: self._open.get(one, sample.at) for one in now}
        for one, since in self._open.items():
            lasted = sample.at - since
            if lasted > TOLERANCE:
                self._report(one, sample.at, lasted)
        self._reported = {one: said for one, said in self._reported.items() if one in now}
        return sorted(now)

    def _report(self, disagreement, at, lasted):
        if disagreement not in self._reported:
            violation = Violation(*disagreement, at)
            self._reported[disagreement] = violation
            self.violations.append(violation)
        self._reported[disagreement].seconds = lasted

    def _note_growth(self, sample):
        before, self._growth = self._growth, {}
        for source in sample.sources:
            received, when = before.get(source.connection, (0, sample.at))
            grew = source.received > received
            self._growth[source.connection] = (source.received, sample.at if grew else when)

    def _check_doubles(self, sample):
        keys = [listed.key for listed in sample.listed]
        for key in {key for key in keys if keys.count(key) > 1} - self._doubled:
            self._doubled.add(key)
            self.violations.append(
                Violation("two live streams on one key", f"key {key}", sample.at))

    def _check_continuity(self, sample):
        """An encoder that reconnects in time continues its stream, whatever was down."""
        for one in sample.listed:
            stream, when = self._streams.get(one.key, (one.stream, sample.at))
            self._streams[one.key] = (one.stream, sample.at)
            gap = sample.at - when
            excused = sample.excuses.get(one.key, 0.0) > when - COARSENESS
            if stream != one.stream and gap < RECONNECT_WINDOW and not excused:
                self.violations.append(Violation(
                    "stream not continued", f"key {one.key} had {stream} and, {gap:.1f} s after, "
                    f"has {one.stream}", sample.at))

    def _silent_for(self, source, at):
        return at - self._growth[source.connection][1]

    def _disagreements(self, sample):
        """Yields (law, what) of each disagreement."""
        sources = {source.connection: source for source in sample.sources}
        listed = {one.connection: one for one in sample.listed}
        for source in sample.sources:
            where = f"{source.path} ({source.connection})"
            if source.standing in (UNKNOWN, BARRED):
                yield ("unauthorised publisher alive",
                       f"{where}, path {source.standing}")
            elif (source.standing == WELCOME and source.ready and source.received > 0
                  and source.connection not in listed
                  and self._silent_for(source, sample.at) <= DELIVERS_WITHIN):
                yield ("live and not listed", where)
        for one in sample.listed:
            source = sources.get(one.connection)
            what = f"stream {one.stream} ({one.connection})"
            if source is None or not source.ready:
                yield ("listed and gone", what)
            elif self._silent_for(source, sample.at) > STALE_AFTER:
                yield ("listed and silent", what)
