"""Plans what happens at which time, from the seed alone, so that a seed replays the same faults and actions."""

import dataclasses
import random

from faults import FAULTS

SLOTS = 8  # encoders
SLOTLESS = ("create broadcaster", "create key", "revoke spare key", "intrude")


@dataclasses.dataclass(frozen=True)
class Pace:
    warm_up: float  # seconds of a round before its first fault
    settle: float  # seconds of a round after its last fault, everything being up
    quiet: float  # the last seconds of that: without actions, so that the judge sees their effects
    between_actions: float  # seconds, on average


# The shortened form: what is not judged at the end of a round is judged at the start of the next one.
FULL = Pace(warm_up=2.0, settle=8.0, quiet=5.0, between_actions=1.5)
SHORT = Pace(warm_up=1.0, settle=5.5, quiet=3.0, between_actions=1.0)


@dataclasses.dataclass(frozen=True)
class Injection:
    name: str
    at: float  # seconds from the start of the round
    seconds: float

    @property
    def end(self):
        return self.at + self.seconds


@dataclasses.dataclass(frozen=True)
class Action:
    at: float
    kind: str
    slot: int = -1  # -1: concerns no encoder
    seconds: float = 0.0


@dataclasses.dataclass(frozen=True)
class Round:
    number: int
    injections: tuple
    actions: tuple
    settle: float

    def name(self):
        return " + ".join(injection.name for injection in self.injections)


class _Slots:
    """What the plan has done to each encoder, so that it only plans what is possible."""

    CHOICES = {
        "on": (("crash", 8), ("stop", 4), ("stop by API", 4), ("revoke", 3), ("rotate", 3),
               ("disable", 3), ("freeze", 2), ("double", 2)),
        "off": (("start", 1),),
        "revoked": (("renew", 1),),
        "rotated": (("take value", 1),),
        "disabled": (("enable", 1),),
    }
    BECOMES = {"stop": "off", "start": "on", "revoke": "revoked", "renew": "on",
               "rotate": "rotated", "take value": "on", "disable": "disabled", "enable": "on"}
    # Seconds until the next action: an encoder that is refused tries again for a while.
    BUSY = {"revoke": 8, "rotate": 8, "disable": 8}

    def __init__(self, draw):
        self._draw = draw
        self._state = ["on"] * SLOTS
        # No action on an encoder may begin before the one before has ended.
        self._free_at = [0.0] * SLOTS

    def next(self, at):
        """An action on an encoder that is free at that time, or None."""
        free = [slot for slot in range(SLOTS) if self._free_at[slot] <= at]
        if not free:
            return None
        # Most encoders are to publish most of the time.
        weights = [1 if self._state[slot] == "on" else 4 for slot in free]
        [slot] = self._draw.choices(free, weights)
        kinds, weights = zip(*self.CHOICES[self._state[slot]])
        kind = self._draw.choices(kinds, weights)[0]
        # Sometimes, but not always, long enough for MediaMTX (10 s) to drop a silent encoder.
        seconds = round(self._draw.uniform(3, 14), 1) if kind == "freeze" else 0.0
        self._free_at[slot] = at + (seconds + 1 if seconds else self.BUSY.get(kind, 3))
        self._state[slot] = self.BECOMES.get(kind, self._state[slot])
        return kind, slot, seconds

    def new_round(self, length):
        self._free_at = [max(0.0, free - length) for free in self._free_at]


class Plan:
    def __init__(self, seed, short=False, faults=tuple(FAULTS)):
        self._faults = list(faults)
        self._draw = random.Random(f"{seed}/plan")
        self._short = short
        self._slots = _Slots(self._draw)

    def rounds(self):
        """Yields every fault once, and then shuffled sets of all faults, alone and combined, without end; in the
        shortened form every fault once in the table's order, and no more."""
        bag = self._in_short() if self._short else self._alone()
        number = 0
        while bag:
            for names in bag:
                number += 1
                yield self._round(number, names)
            bag = [] if self._short else self._mixed_bag()

    def _alone(self):
        bag = [[name] for name in self._faults]
        self._draw.shuffle(bag)
        return bag

    def _in_short(self):
        """Combines a fault that leaves everything up with another one, to save time."""
        beside = [name for name in self._faults if not FAULTS[name].stops_the_judge]
        bag = [[name] for name in self._faults if name not in beside]
        for names, name in zip(bag, beside):
            names.append(name)
        return bag

    def _mixed_bag(self):
        bag = self._alone()
        for _ in self._faults:
            names = self._draw.sample(self._faults, self._draw.choice((2, 2, 3)))
            touched = set()
            bag.append([name for name in names if FAULTS[name].touches not in touched
                        and not touched.add(FAULTS[name].touches)])
        self._draw.shuffle(bag)
        return bag

    def _round(self, number, names):
        pace = SHORT if self._short else FULL
        injections = []
        for name in names:
            at = pace.warm_up + (self._draw.uniform(0, 3) if injections else 0.0)
            seconds = FAULTS[name].short if self._short else self._draw.uniform(
                *FAULTS[name].seconds)
            injections.append(Injection(name, round(at, 1), round(seconds, 1)))
        length = max(injection.end for injection in injections) + pace.settle
        # Hooks can only be mishandled while there are hooks.
        between = 0.6 if "mishandle hooks" in names else pace.between_actions
        actions = tuple(self._actions(length - pace.quiet, between))
        self._slots.new_round(length)
        return Round(number, tuple(injections), actions, pace.settle)

    def _actions(self, until, between):
        at = 0.0
        while True:
            at = round(at + self._draw.expovariate(1 / between), 1)
            if at >= until:
                return
            if self._draw.random() < 0.2:
                yield Action(at, self._draw.choice(SLOTLESS))
                continue
            action = self._slots.next(at)
            if action:
                kind, slot, seconds = action
                yield Action(at, kind, slot, seconds)
