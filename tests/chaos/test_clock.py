"""The clock that can be stepped."""

import os
import subprocess
import sys
import time

import pytest

import clock

ASK = "import time; print(time.time(), time.monotonic())"


@pytest.fixture
def stepped(tmp_path):
    assert clock.library(), "libfaketime is not there (Debian package faketime)"
    return clock.Clock(tmp_path / "clock")


def off(stepped):
    """Returns by how much a program's time of day and its monotonic clock are wrong."""
    before = time.time(), time.monotonic()
    answer = subprocess.run([sys.executable, "-c", ASK], env=os.environ | stepped.environment(),
                            check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return [float(shown) - right for shown, right in zip(answer, before)]


def test_only_the_time_of_day_steps(stepped):
    for seconds in (0, 3600, -3600, 0):
        stepped.step(seconds)
        day, duration = off(stepped)
        assert day == pytest.approx(seconds, abs=60)
        assert 0 <= duration < 60
