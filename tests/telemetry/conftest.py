"""What these tests share with the end-to-end tests, and the collector."""

import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

# pylint: disable=wrong-import-position
from collector import Collector  # noqa: E402

SKIPPED = 77
_outcomes = set()


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        _outcomes.add(report.outcome)


def pytest_sessionfinish(session, exitstatus):
    nothing_ran = exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED
    if nothing_ran or (exitstatus == pytest.ExitCode.OK and _outcomes == {"skipped"}):
        session.exitstatus = SKIPPED


@pytest.fixture(scope="session")
def collector_program():
    """The collector, built once in the build directory."""
    directory = os.environ.get("RESCUESTREAM_COLLECTOR_DIR") or HERE.parents[1] / "build/collector"
    run = subprocess.run([HERE / "build_collector.sh", directory], check=False, text=True,
                         capture_output=True)
    if run.returncode == SKIPPED:
        pytest.skip(run.stderr.strip())
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


@pytest.fixture
def collector(collector_program, tmp_path):
    collector = Collector(collector_program, tmp_path)
    yield collector
    collector.stop()
