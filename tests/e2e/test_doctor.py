"""`rescuestream-cli doctor` beside a real MediaMTX: nothing is wrong with what `mediamtx config` wrote, and each
planted fault is named with what mends it."""

import json
import subprocess

import pytest

from stack import Stack, binaries, clean_environment, server_environment
from support import wait_until


def examine(stack, **settings):
    """Returns (exit code, {check: [entry, …]})."""
    run = subprocess.run([binaries()[1], "doctor", "--output", "json"], check=False, text=True,
                         stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                         env=server_environment(stack.ports, stack.directory, stack.server.secret)
                         | {"MEDIA_SECRET": stack.media_secret} | settings)
    assert not run.stderr, run.stderr
    assert stack.media_secret not in run.stdout and stack.server.secret not in run.stdout
    report = json.loads(run.stdout)
    checks = {}
    for entry in report["checks"]:
        checks.setdefault(entry["check"], []).append(entry)
    return run.returncode, checks


def faults(checks, name):
    return [entry for entry in checks[name] if entry["status"] in ("warning", "error")]


def assert_told(checks, name, message, mend):
    for entry in faults(checks, name):
        if message in entry["message"]:
            assert mend in entry["mend"], entry
            return
    raise AssertionError(f"{name}: {checks[name]}")


@pytest.fixture(scope="module")
def healthy(programs, tmp_path_factory):
    stack = Stack(tmp_path_factory.mktemp("healthy"))
    yield stack
    stack.stop()


@pytest.fixture
def edited(healthy):
    """Starts MediaMTX with a changed mediamtx.yml, and in the end with the one before. (A change of global settings
    while it runs ends it now and then.)"""
    file = healthy.directory / "mediamtx.yml"
    before = file.read_text()

    def start_with(text):
        healthy.media_mtx.program.stop()
        file.write_text(text)
        healthy.media_mtx.start()

    def edit(change):
        text = change(before)
        assert text != before
        start_with(text)

    yield edit
    start_with(before)


def test_nothing_is_wrong_with_a_generated_configuration(healthy):
    code, checks = examine(healthy)
    for name in ("settings", "secret files", "data directory", "database", "server", "authentication", "interfaces",
                 "hooks", "takeover", "paths", "helpers", "clocks", "ports"):
        assert not faults(checks, name), checks[name]
    # The addresses of this stack are those of one machine.
    assert faults(checks, "addresses")[0]["status"] == "warning"
    assert code == 0, checks


def examine_with(environment, *options):
    """The same with nothing in the environment but this."""
    run = subprocess.run([binaries()[1], *options, "doctor", "--output", "json"], check=False, text=True,
                         stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                         env=clean_environment() | environment)
    checks = {}
    for entry in json.loads(run.stdout)["checks"]:
        checks.setdefault(entry["check"], []).append(entry)
    return run.returncode, checks


def test_everything_is_examined_beside_the_server_that_a_shell_names(healthy):
    code, checks = examine_with({"RESCUESTREAM_SERVER": healthy.server.origin, "API_SECRET": healthy.server.secret,
                                 "DATA_DIR": str(healthy.directory), "MEDIA_SECRET": healthy.media_secret})
    for name, entries in checks.items():
        # No publisher was accepted yet, and this release may be an old one.
        assert name in ("addresses", "nodes") or not faults(checks, name), entries
    for name in ("secret files", "data directory", "database", "authentication", "hooks", "takeover", "paths"):
        assert {entry["status"] for entry in checks[name]} == {"ok"}, checks[name]
    assert code == 0


def test_a_credential_with_few_rights_is_not_called_wrong(healthy, tmp_path):
    environment = {"RESCUESTREAM_SERVER": healthy.server.origin, "HOME": str(tmp_path)}
    file = tmp_path / "credential"
    subprocess.run([binaries()[1], "credential", "add", "Map", "--scope", "streams:read", "--value-file", file],
                   check=True, env=clean_environment() | environment | {"API_SECRET": healthy.server.secret},
                   stdout=subprocess.DEVNULL, timeout=30)
    code, checks = examine_with(environment, "--api-secret-file", str(file))
    assert code == 0, checks
    assert any("It accepts the credential in" in entry["message"] for entry in checks["server"])
    assert any("nodes:read" in entry["message"] for entry in checks["server"])


def test_it_says_that_the_server_does_not_run(healthy):
    healthy.server.program.stop()
    try:
        code, checks = examine(healthy)
        assert code == 1
        assert_told(checks, "server", "does not run", "Start rescuestream-server")
        assert_told(checks, "nodes", "cannot check a credential", "Start rescuestream-server")
        status = subprocess.run([binaries()[1], "node", "show", "default"], check=True, text=True,
                                stdin=subprocess.DEVNULL, capture_output=True, timeout=30,
                                env=server_environment(healthy.ports, healthy.directory, healthy.server.secret))
        assert "rescuestream-server, which does not answer" in status.stdout
        assert "MEDIAMTX_API_USER" not in status.stdout
    finally:
        healthy.revive()


def test_it_says_that_the_database_is_not_one(healthy, tmp_path):
    file = tmp_path / "rescuestream.db"
    file.write_text("no database")
    code, checks = examine(healthy, DATABASE_URL=f"sqlite:{file}")
    assert code == 1 and faults(checks, "database")


def test_it_names_another_secret_than_the_servers(healthy):
    _, checks = examine(healthy, API_SECRET="another-secret-that-is-long-enough-0123")
    assert_told(checks, "server", "refuses API_SECRET", "--api-secret-file")


def test_it_names_another_media_secret(healthy):
    code, checks = examine(healthy, MEDIA_SECRET="another-secret-that-is-long-enough-0123")
    assert code == 1
    assert_told(checks, "authentication", "another MEDIA_SECRET", "--media-secret-file")


def test_it_names_a_secret_file_that_everybody_can_read(healthy):
    file = healthy.directory / "mediamtx-api-secret"
    code_of_tls = healthy.directory / "relay-secret"
    code_of_tls.write_text("a secret")
    code_of_tls.chmod(0o644)
    try:
        code, checks = examine(healthy)
        assert code == 1
        assert_told(checks, "secret files", "relay-secret", "chmod 600")
        assert oct(file.stat().st_mode & 0o777) == "0o600"
    finally:
        code_of_tls.unlink()


def test_it_names_a_port_that_nobody_listens_at(healthy):
    # With another secret than the server's, the addresses of its own settings are examined.
    other = {"API_SECRET": "another-secret-that-is-long-enough-0123"}
    code, checks = examine(healthy, MEDIAMTX_RTMP_URL="rtmp://127.0.0.1:1", **other)
    assert code == 1
    assert_told(checks, "ports", "rtmp at rtmp://127.0.0.1:1", "MEDIAMTX_RTMP_URL")
    code, checks = examine(healthy, MEDIAMTX_SRT_URL="srt://127.0.0.1:1", **other)
    assert code == 1
    assert_told(checks, "ports", "srt at srt://127.0.0.1:1", "MEDIAMTX_SRT_URL")
    answering = [entry for entry in checks["ports"] if entry["status"] == "ok"]
    assert "rtsp" in answering[0]["message"]


def test_it_says_that_the_server_uses_another_mediamtx(healthy):
    code, checks = examine(healthy, MEDIAMTX_API_URL="http://127.0.0.1:1")
    assert code == 0
    assert_told(checks, "nodes", "other settings than the server", f"MEDIAMTX_API_URL={healthy.media_mtx.api}")


def test_it_names_a_mediamtx_that_is_not_there(healthy):
    code, checks = examine(healthy, MEDIAMTX_API_URL="http://127.0.0.1:1",
                           API_SECRET="another-secret-that-is-long-enough-0123")
    assert code == 1
    assert_told(checks, "nodes", "no program listens", "MEDIAMTX_API_URL")


def test_it_names_path_entries_that_defeat_takeover(healthy, edited):
    edited(lambda text: text.replace("paths:\n", "paths:\n  cam1:\n    overridePublisher: no\n", 1))
    code, checks = examine(healthy)
    assert code == 1
    assert_told(checks, "takeover", "paths.cam1", "overridePublisher: yes")

    def is_noted():
        run = healthy.command_line("node", "show", "default", "--server", healthy.server.origin, "--json")
        return [note for note in json.loads(run)["path_notes"] if note["note"] == "no_takeover"]
    # The server reads the entries once a minute.
    notes = wait_until(is_noted, 75, "the server has noticed it")
    assert [note["path"] for note in notes] == ["cam1"]


def test_it_names_what_nobody_is_asked_about(healthy, edited):
    assert "authHTTPExclude: []" in (healthy.directory / "mediamtx.yml").read_text()
    edited(lambda text: text.replace("authHTTPExclude: []", "authHTTPExclude:\n- action: publish\n- action: metrics"))
    code, checks = examine(healthy)
    assert code == 1
    assert_told(checks, "authentication", "everybody may publish", "authHTTPExclude")
    assert_told(checks, "authentication", "exempts metrics", "authHTTPExclude")


def test_it_names_helpers_that_are_refused(healthy, edited):
    command = "ffmpeg -i x -f rtsp rtsp://127.0.0.1:$RTSP_PORT/$MTX_PATH"
    edited(lambda text: text.replace("paths:\n", f"paths:\n  cam/gate:\n    runOnDemand: {command}\n", 1))
    code, checks = examine(healthy)
    assert code == 1
    assert_told(checks, "helpers", "paths.cam/gate.runOnDemand", "HELPER_PATHS")


def test_it_names_interfaces_that_other_machines_reach(healthy, edited):
    edited(lambda text: text.replace("apiAllowOrigins: []", "apiAllowOrigins: ['*']"))
    _, checks = examine(healthy)
    assert_told(checks, "interfaces", "Pages of other origins", "apiAllowOrigins: []")
