"""What all scenarios share. Without a MediaMTX (MEDIAMTX_BIN, else in PATH) or ffmpeg everything is
skipped, and pytest ends with 77."""

import os
import shutil

import pytest

import media
from stack import Stack, binaries

SKIPPED = 77
_outcomes = set()


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        _outcomes.add(report.outcome)


def pytest_sessionfinish(session, exitstatus):
    nothing_ran = exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED
    if nothing_ran or (exitstatus == pytest.ExitCode.OK and _outcomes == {"skipped"}):
        session.exitstatus = SKIPPED


@pytest.fixture(scope="session", autouse=True)
def programs():
    server, command_line, media_mtx = binaries()
    for program in (server, command_line):
        assert shutil.which(program), f"{program} is not there: build it first"
    if not shutil.which(media_mtx):
        assert not os.environ.get("MEDIAMTX_BIN"), f"MEDIAMTX_BIN is {media_mtx}: no such program"
        pytest.skip("no MediaMTX (set MEDIAMTX_BIN or PATH)")
    for program in ("ffmpeg", "ffprobe"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")


@pytest.fixture(scope="session")
def clip(programs, tmp_path_factory):
    file = tmp_path_factory.mktemp("clip") / "picture.mp4"
    media.make_clip(file)
    return file


@pytest.fixture(scope="session")
def stack(programs, tmp_path_factory):
    stack = Stack(tmp_path_factory.mktemp("stack"))
    yield stack
    stack.stop()


@pytest.fixture(autouse=True)
def alive(request):
    """Both programs run, also after an earlier scenario failed."""
    if "stack" in request.fixturenames:
        request.getfixturevalue("stack").revive()


@pytest.fixture
def api(stack):
    return stack.server.api()


@pytest.fixture
def media_mtx(stack):
    return stack.media_mtx


@pytest.fixture
def publish(clip, tmp_path):
    """publish(address): an encoder, which ends with the test at the latest."""
    encoders = []

    def start(address, options=()):
        encoders.append(media.publish(clip, address, tmp_path, options))
        return encoders[-1]

    yield start
    for encoder in encoders:
        encoder.stop()


@pytest.fixture
def publish_stubbornly(clip, tmp_path):
    """The same with an encoder that reconnects whenever it is removed."""
    encoders = []

    def start(address, what=clip):
        encoders.append(media.StubbornEncoder(what, address, tmp_path))
        return encoders[-1]

    yield start
    for encoder in encoders:
        encoder.stop()
