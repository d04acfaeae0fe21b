"""Tests of the supervisor."""

import os
import signal

import pytest

from daemon import Daemon
from support import wait_until


@pytest.fixture
def ends():
    return []


@pytest.fixture
def daemon(tmp_path, ends):
    daemon = Daemon("sleeper", ["sleep", "1000"], tmp_path / "log", None,
                    lambda name, status: ends.append((name, status)))
    daemon.start()
    wait_until(daemon.pids, 5, "it runs")
    yield daemon
    daemon.close()


def state(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()[0]


def test_a_process_that_ends_by_itself_is_reported_and_started_again(daemon, ends):
    [before] = daemon.pids()
    os.kill(before, signal.SIGTERM)
    wait_until(lambda: daemon.pids() not in ([], [before]), 5, "another one runs")
    assert ends == [("sleeper", -signal.SIGTERM)]


def test_a_killed_process_stays_down_until_it_is_released(daemon, ends):
    [before] = daemon.pids()
    daemon.kill()
    wait_until(lambda: not daemon.pids(), 5, "the process is dead")
    daemon.release()
    wait_until(lambda: daemon.pids() not in ([], [before]), 5, "another one runs")
    assert ends == []


def test_a_frozen_process_continues_when_it_is_thawed(daemon):
    [pid] = daemon.pids()
    daemon.freeze()
    wait_until(lambda: state(pid) == "T", 5, "the process is stopped")
    daemon.thaw()
    wait_until(lambda: state(pid) == "S", 5, "the process continues")


def test_closing_ends_a_frozen_process(daemon):
    [pid] = daemon.pids()
    daemon.freeze()
    daemon.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
