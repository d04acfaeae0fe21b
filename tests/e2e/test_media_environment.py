"""Variables in MediaMTX's environment go before its file: what a file does not show is found beside a running MediaMTX, and
`mediamtx check` names the variables."""

import json
import subprocess

import pytest

from stack import Stack, binaries, clean_environment, server_environment
from support import wait_until


@pytest.fixture(scope="module")
def stack(programs, tmp_path_factory):
    stack = Stack(tmp_path_factory.mktemp("environment"))
    yield stack
    stack.stop()


@pytest.fixture
def with_variables(stack):
    """with_variables(NAME="value", …): MediaMTX is started again with these, and in the end without them."""
    media_mtx = stack.media_mtx
    before = media_mtx._environment

    def start(**variables):
        media_mtx.program.stop()
        media_mtx._environment = before | variables
        media_mtx.start()

    yield start
    media_mtx.program.stop()
    media_mtx._environment = before
    media_mtx.start()


def differences(stack):
    """What `doctor` says about the file."""
    run = subprocess.run(
        [binaries()[1], "doctor", "--output", "json", "--mediamtx-file", stack.directory / "mediamtx.yml"],
        check=False, text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
        env=server_environment(stack.ports, stack.directory, stack.server.secret)
        | {"MEDIA_SECRET": stack.media_secret})
    assert "hidden" not in run.stdout
    return [entry for entry in json.loads(run.stdout)["checks"] if entry["check"] == "mediamtx.yml"]


def check(stack, **variables):
    return subprocess.run(
        [binaries()[1], "mediamtx", "check", stack.directory / "mediamtx.yml"], check=False, text=True,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
        env=clean_environment() | {"DATA_DIR": str(stack.directory)} | variables).stdout


def test_what_the_file_says_is_in_use(stack):
    told = differences(stack)
    assert [entry["status"] for entry in told] == ["ok"], told


def test_what_the_environment_sets_is_found(stack, with_variables):
    variables = {"MTX_LOGLEVEL": "warn", "MTX_PATHS_CAM1_SOURCE": "rtsp://admin:hidden@127.0.0.1:1/1",
                 "MTX_PATHS_CAM1_SOURCEONDEMAND": "yes", "MTX_PATHDEFAULTS_RECORDDELETEAFTER": "5h"}
    with_variables(**variables)
    told = {entry["message"].split(" ")[0]: entry for entry in differences(stack)}
    assert set(told) == {"logLevel", "paths.cam1"}, told
    assert "MTX_LOGLEVEL" in told["logLevel"]["mend"]
    assert "MTX_PATHS_CAM1" in told["paths.cam1"]["mend"]
    printed = check(stack, **variables)
    for name in variables:
        assert name in printed, printed
    assert "hidden" not in printed


def test_the_older_prefix_counts_and_the_newer_one_goes_before_it(stack, with_variables):
    with_variables(RTSP_LOGLEVEL="warn")
    assert ["logLevel" in entry["message"] for entry in differences(stack)] == [True]
    with_variables(RTSP_LOGLEVEL="warn", MTX_LOGLEVEL="error")
    assert [entry["status"] for entry in differences(stack)] == ["ok"]


def test_a_variable_about_all_others_ends_the_start_of_media_mtx(stack):
    """MediaMTX takes it for the path "all"."""
    variables = {"MTX_PATHS_ALL_OTHERS_RECORD": "no"}
    assert "error: MTX_PATHS_ALL_OTHERS_RECORD" in check(stack, **variables)
    media_mtx = stack.media_mtx
    run = subprocess.run(media_mtx._command, check=False, text=True, stdin=subprocess.DEVNULL, timeout=30,
                         capture_output=True, env=media_mtx._environment | variables)
    assert run.returncode != 0
    assert "aliases" in run.stdout + run.stderr
    wait_until(lambda: media_mtx.program.running(), 1, "the other one still runs")


def test_what_mediamtx_does_not_know_it_ignores_in_silence_and_the_check_says_so(stack, with_variables):
    variables = {"MTX_LOGLEVL": "debug", "MTX_logLevel": "debug", "MTX_PATHDEFAULTS_RECROD": "yes"}
    with_variables(**variables)
    assert [entry["status"] for entry in differences(stack)] == ["ok"]
    told = {line.split(": ")[2]: line for line in check(stack, **variables).splitlines() if ": MTX_" in line}
    for name, meant in [("MTX_LOGLEVL", "MTX_LOGLEVEL"), ("MTX_logLevel", "MTX_LOGLEVEL"),
                        ("MTX_PATHDEFAULTS_RECROD", "MTX_PATHDEFAULTS_RECORD")]:
        assert f"Is {meant} meant?" in told[name], told
