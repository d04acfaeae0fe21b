"""Tests that the judge reports what is wrong, and nothing else."""

import pytest

from judge import Judge, Listed, Sample, Source
from ledger import BARRED, UNKNOWN, UNSURE, WELCOME


def source(connection="a", standing=WELCOME, ready=True, received=1):
    return Source(connection, "live/x", standing, ready, received)


def listed(connection="a", key="k", stream="s"):
    return Listed(stream, key, connection)


def judged(samples):
    """Returns the laws that are violated by samples one second apart."""
    judge = Judge()
    for at, (sources, streams, not_up) in enumerate(samples):
        judge.take(Sample(float(at), not_up, tuple(sources), tuple(streams)))
    return [violation.law for violation in judge.violations]


def delivering(seconds, streams=(), not_up=None, **members):
    """A source whose bytes grow."""
    return [([source(received=100 * (at + 1), **members)], streams, not_up)
            for at in range(seconds)]


def test_a_live_source_that_is_listed_is_no_violation():
    assert judged(delivering(20, [listed()])) == []


def test_a_live_source_may_be_missing_for_five_seconds_and_no_longer():
    assert judged(delivering(6)) == []
    assert judged(delivering(7)) == ["live and not listed"]


def test_one_disagreement_is_one_violation():
    assert judged(delivering(30)) == ["live and not listed"]


def test_the_five_seconds_start_again_when_everything_is_up():
    down = delivering(20, not_up="fault")
    up = [([source(received=10_000 + at)], [], None) for at in range(6)]
    assert judged(down + up) == []
    assert judged(down + up + [([source(received=20_000)], [], None)]) == ["live and not listed"]


def test_a_sample_without_lists_interrupts_a_disagreement():
    judge = Judge()
    for at in range(5):
        judge.take(Sample(float(at), None, (source(received=at + 1),)))
    judge.take(Sample(5.0, "no lists", has_lists=False))
    for at in range(6, 12):
        judge.take(Sample(float(at), None, (source(received=at + 1),)))
    assert judge.violations == []


def test_a_source_without_bytes_need_not_be_listed():
    assert judged([([source(received=0)], [], None)] * 20) == []
    assert judged([([source(received=7)], [], None)] * 20) == []


def test_a_source_that_is_not_ready_need_not_be_listed():
    assert judged(delivering(20, ready=False)) == []


def test_a_stream_without_its_source_leaves_the_list_within_five_seconds():
    assert judged([([], [listed()], None)] * 6) == []
    assert judged([([], [listed()], None)] * 7) == ["listed and gone"]


def test_another_connection_on_the_path_is_not_the_listed_one():
    laws = judged(delivering(10, [listed("b")]))
    assert sorted(laws) == ["listed and gone", "live and not listed"]


def test_a_silent_source_is_judged_when_it_has_been_silent_for_five_seconds():
    silent = [([source(received=7)], [listed()], None)]
    assert judged(silent * 12) == []
    assert judged(silent * 13) == ["listed and silent"]


def test_a_barred_publisher_must_be_gone_within_five_seconds_whether_it_is_listed_or_not():
    assert judged(delivering(6, standing=BARRED)) == []
    assert judged(delivering(7, standing=BARRED)) == ["unauthorised publisher alive"]
    assert judged(delivering(7, [listed()], standing=BARRED)) == ["unauthorised publisher alive"]


def test_an_unauthorised_publisher_is_a_violation_even_before_it_is_ready():
    assert judged(delivering(7, standing=UNKNOWN, ready=False)) == ["unauthorised publisher alive"]


def test_a_publisher_is_not_judged_while_the_outcome_of_a_revocation_is_unknown():
    assert judged(delivering(20, standing=UNSURE)) == []


def test_an_intruder_that_reconnects_starts_a_new_disagreement():
    samples = [([source(f"c{at // 5}", UNKNOWN, received=at)], [], None) for at in range(20)]
    assert judged(samples) == []


def test_two_live_streams_on_one_key_are_a_violation_at_once_whatever_is_down():
    both = [listed("a", "k", "s1"), listed("b", "k", "s2")]
    assert judged([([], both, "fault")]) == ["two live streams on one key"]


def continued(gap, excused=0.0, not_up=None):
    """Returns the laws that are violated by another stream on the key after a gap."""
    judge = Judge()
    judge.take(Sample(100.0, None, listed=(listed(stream="s1"),)))
    judge.take(Sample(100.0 + gap, not_up, listed=(listed(stream="s2"),), excuses={"k": excused}))
    return [violation.law for violation in judge.violations]


def test_an_encoder_that_reconnects_in_time_continues_its_stream():
    assert continued(gap=10) == ["stream not continued"]
    assert continued(gap=10, not_up="fault") == ["stream not continued"]
    assert continued(gap=70) == []


def test_a_stream_that_was_ended_on_purpose_may_be_followed_by_another_one():
    assert continued(gap=10, excused=105.0) == []
    assert continued(gap=10, excused=99.0) == []
    assert continued(gap=10, excused=90.0) == ["stream not continued"]


@pytest.mark.parametrize("gap", [1, 30, 300])
def test_a_stream_that_comes_back_is_the_same(gap):
    judge = Judge()
    for at in (100.0, 100.0 + gap):
        judge.take(Sample(at, "fault", listed=(listed(stream="s1"),)))
    assert judge.violations == []
