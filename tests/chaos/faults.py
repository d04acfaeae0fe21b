"""The table of faults. A new one is a new row: what it touches (two faults on the same thing are
never combined), for how long, and how it begins and ends."""

import dataclasses
from typing import Callable


@dataclasses.dataclass(frozen=True)
class Fault:
    touches: str
    seconds: tuple  # from, to
    short: float  # seconds in the shortened form
    begin: Callable  # (topology) → None
    end: Callable  # (topology) → None
    stops_the_judge: bool = True  # False: everything is up meanwhile


HOOKS_MISHANDLED = 0.3


def _killed(part, seconds):
    return Fault(part, seconds, 1, lambda topology: getattr(topology, part).kill(),
                 lambda topology: getattr(topology, part).release())


def _frozen(part):
    return Fault(part, (10, 10), 3, lambda topology: getattr(topology, part).freeze(),
                 lambda topology: getattr(topology, part).thaw())


def _cut(loudly):
    def begin(topology):
        topology.media_link.cut(loudly)
        topology.auth_link.cut(loudly)

    def end(topology):
        topology.media_link.heal()
        topology.auth_link.heal()

    return Fault("network", (15, 15), 4, begin, end)


def _clock_stepped(seconds):
    return Fault("clock", (10, 20), 5, lambda topology: topology.clock.step(seconds),
                 lambda topology: topology.clock.step(0), stops_the_judge=False)


def _half_sent():
    return Fault("connections", (10, 20), 5,
                 lambda topology: topology.half_sent.begin(topology.ports["http"]),
                 lambda topology: topology.half_sent.end(), stops_the_judge=False)


def _disk_full():
    return Fault("postgres", (8, 15), 4, lambda topology: topology.postgres.fill_disk(),
                 lambda topology: topology.postgres.make_room())


FAULTS = {
    "kill server": _killed("server", (1, 5)),
    # Long enough for the other server to take over its nodes.
    "kill second server": _killed("second", (1, 15)),
    "kill mediamtx": _killed("media_mtx", (1, 5)),
    "kill postgres": _killed("postgres", (1, 5)),
    "freeze server": _frozen("server"),
    "freeze second server": _frozen("second"),
    "freeze mediamtx": _frozen("media_mtx"),
    "freeze postgres": _frozen("postgres"),
    "disk full": _disk_full(),
    "clock +1 h": _clock_stepped(3600),
    "clock -1 h": _clock_stepped(-3600),
    "cut network silently": _cut(loudly=False),
    "cut network loudly": _cut(loudly=True),
    "half-sent bodies": _half_sent(),
    "mishandle hooks": Fault(
        "hooks", (15, 20), 8, lambda topology: topology.hooks.mishandle(HOOKS_MISHANDLED),
        lambda topology: topology.hooks.behave(), stops_the_judge=False),
}


def begin(name, topology):
    fault = FAULTS[name]
    topology.disturbed(faults=1 if fault.stops_the_judge else 0)
    fault.begin(topology)


def end(name, topology):
    fault = FAULTS[name]
    fault.end(topology)
    topology.disturbed(faults=-1 if fault.stops_the_judge else 0)
