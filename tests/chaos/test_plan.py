"""Tests of the plan: a seed replays it."""

import itertools

from faults import FAULTS
from plan import SLOTS, Plan


def rounds(seed, count, short=False):
    return list(itertools.islice(Plan(seed, short).rounds(), count))


def test_a_seed_replays_the_same_faults_and_actions():
    assert rounds(7, 60) == rounds(7, 60)
    assert rounds(7, 60, short=True) == rounds(7, 60, short=True)


def test_another_seed_gives_another_plan():
    assert rounds(7, 20) != rounds(8, 20)


def test_every_fault_occurs_alone_before_faults_are_combined():
    first = [one.name() for one in rounds(1, len(FAULTS))]
    assert sorted(first) == sorted(FAULTS)


def test_later_rounds_combine_faults_on_different_things():
    together = [one for one in rounds(1, 100) if len(one.injections) > 1]
    assert together
    for one in together:
        touched = [FAULTS[injection.name].touches for injection in one.injections]
        assert len(set(touched)) == len(touched), one.name()


def test_excluded_faults_never_occur():
    names = [name for name in FAULTS if not name.startswith("clock")]
    plan = itertools.islice(Plan(1, faults=names).rounds(), 200)
    assert {injection.name for one in plan for injection in one.injections} == set(names)


def test_the_shortened_form_has_each_fault_once_and_then_ends():
    names = [injection.name for one in rounds(1, 1000, short=True) for injection in one.injections]
    assert sorted(names) == sorted(FAULTS)


def test_an_action_is_only_planned_for_an_encoder_in_a_state_that_allows_it():
    allowed = {"on": {"crash", "stop", "revoke", "rotate", "disable", "stop by API", "freeze",
                      "double"},
               "off": {"start"}, "revoked": {"renew"}, "rotated": {"take value"},
               "disabled": {"enable"}}
    becomes = {"stop": "off", "start": "on", "revoke": "revoked", "renew": "on",
               "rotate": "rotated", "take value": "on", "disable": "disabled", "enable": "on"}
    state = ["on"] * SLOTS
    asked = set()
    for action in (action for one in rounds(3, 100) for action in one.actions):
        if action.slot >= 0:
            assert action.kind in allowed[state[action.slot]], action
            state[action.slot] = becomes.get(action.kind, state[action.slot])
            asked.add(action.kind)
    assert asked == set.union(*allowed.values())
