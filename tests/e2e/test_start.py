"""A normal start logs nothing that asks for attention, whichever of the two programs is started first."""

import json

import pytest

from stack import Stack
from support import wait_until


def lines(stack):
    """What has been logged in whole lines."""
    return [json.loads(line) for line in stack.server.program.output().split("\n")[:-1]]


def told(stack):
    return [line for line in lines(stack) if line["level"] in ("warn", "error")]


@pytest.fixture
def fresh(programs, tmp_path):
    stack = Stack(tmp_path, LOG_FORMAT="json")
    yield stack
    stack.stop()


def wait_until_polled(stack, restarts):
    """The server has seen MediaMTX after its last start."""
    wait_until(lambda: stack.server.program.output().count("media server answers") > restarts, 15, "polled")


def test_a_normal_start_logs_no_warning(fresh):
    wait_until_polled(fresh, 0)
    wait_until(lambda: [line for line in lines(fresh) if line["message"] == "ready"], 15, "ready")
    assert told(fresh) == [], told(fresh)


def test_a_start_beside_a_running_media_mtx_logs_no_warning(fresh):
    wait_until_polled(fresh, 0)
    assert fresh.server.program.stop() == 0
    fresh.server.start()
    fresh.server.wait_until_ready()
    wait_until_polled(fresh, 1)
    assert told(fresh) == [], told(fresh)
