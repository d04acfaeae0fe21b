"""Secrets of every kind are made, used and misused; afterwards nothing that an installation shows, logs or stores
contains one of them, and no program has one in its arguments or environment.

A secret that the server has made is recognised wherever somebody puts it. The others can be any text (the
operator chooses two of them), so they are put only where a secret may stand."""

import json
import os
import pathlib
import re
import urllib.parse

import pytest
import requests

from stack import Stack, control_credential, installation_secret
from support import wait_until
from tap import Tap


class Installation:
    """A server that logs as much as it can, its MediaMTX, and the secrets that it has given out."""

    def __init__(self, directory):
        self.tap = Tap()
        self.stack = Stack(directory, edit=self.aim, PLAYBACK_POLICY="signed", LOG_LEVEL="trace",
                           MEDIAMTX_API_URL=self.tap.origin)
        self.api = self.stack.server.api()
        self.secrets = {"shared secret": self.stack.server.secret,
                        "media secret": self.stack.media_secret,
                        "secret of the installation": installation_secret(directory),
                        "password of the control interface": control_credential(directory)[1]}
        self.given_out = {}
        self.answers = []

    def aim(self, configuration):
        """The server reaches MediaMTX's control interface through somebody who listens."""
        self.tap.target = int(re.search(r"apiAddress: '?127\.0\.0\.1:(\d+)", configuration)[1])
        return configuration

    def get(self, path, **options):
        answer = requests.get(self.api.origin + path, timeout=10, **options)
        self.answers.append((path, answer))
        return answer

    def ask(self, path, **members):
        """MediaMTX's question, from an address that is not limited by the other questions."""
        body = {"action": "read", "path": path, "protocol": "rtsp", "id": "", "query": "", "user": "",
                "password": "", "token": "", "ip": "192.0.2.7"} | members
        answer = requests.post(self.api.origin + "/auth", data=json.dumps(body), timeout=10,
                               auth=("", self.stack.media_secret),
                               headers={"Content-Type": "application/json"})
        self.answers.append(("/auth", answer))
        return answer

    def forms(self):
        """Every secret in the forms in which it could appear."""
        for name, value in [*self.secrets.items(), *self.given_out.items()]:
            for form in {value, urllib.parse.quote(value, safe="")}:
                yield name, form

    def found_in(self, text):
        return [name for name, form in self.forms() if form in text]


def give_out(installation, publish):
    """Makes secrets of every kind."""
    api = installation.api
    key = api.create_key(label="Drone 7")
    path = key["playback_path"]
    installation.given_out["stream key"] = key["key_value"]
    long_token = api.call("POST", "/playback-tokens", {"paths": [path]}, 201)["token"]
    installation.given_out["signature of a token"] = long_token.rpartition(".")[2]
    installation.given_out["short token"] = api.call(
        "POST", "/playback-tokens", {"paths": [path], "short": True}, 201)["token"]
    credential = api.call("POST", "/credentials", {"label": "Dispatch", "scopes": ["streams:read"]}, 201)
    installation.given_out["credential"] = credential["secret"]
    session = requests.post(api.origin + "/session", timeout=10,
                            headers={"Authorization": f"Bearer {credential['secret']}"})
    assert session.status_code == 201, session.text
    installation.given_out["session"] = session.cookies["rescuestream_session"]
    installation.secrets["CSRF token"] = session.json()["csrf_token"]
    encoder = publish(key["publish"]["rtmp"])
    wait_until(lambda: api.live_of(key), 15, "the stream is listed")
    return path, long_token, encoder


def present(installation, path, value):
    """Presents a secret in each place where a secret may stand."""
    installation.ask(path, password=value, user="viewer")
    installation.ask(path, token=value)
    installation.ask(path, query="jwt=" + urllib.parse.quote(value))
    installation.ask(path, action="publish", protocol="rtmp", password=value)
    installation.get("/streams", headers={"X-API-Key": value})
    installation.get("/streams", headers={"Authorization": f"Bearer {value}"})
    installation.get("/streams", cookies={"rescuestream_session": value})


def misplace(installation, path, value):
    """Presents a secret where somebody could put it by mistake."""
    installation.ask(path, user=value, password="x")
    installation.ask(f"live/{value}")
    installation.ask(path, action="publish", protocol="rtmp", userAgent=value)
    installation.get(f"/{urllib.parse.quote(value)}")
    installation.get(f"/watch/{urllib.parse.quote(value)}")
    installation.get(f"/streams?label={urllib.parse.quote(value)}",
                     headers={"X-API-Key": installation.stack.server.secret})


@pytest.fixture(scope="module")
def installation(programs, tmp_path_factory, clip):
    import media
    directory = tmp_path_factory.mktemp("leaks")
    made = Installation(directory)
    encoders = []

    def publish(address):
        encoders.append(media.publish(clip, address, directory))
        return encoders[-1]

    path, long_token, encoder = give_out(made, publish)
    made.given_out["token"] = long_token
    for value in [*made.secrets.values(), *made.given_out.values()]:
        present(made, path, value)
    for value in made.given_out.values():
        misplace(made, path, value)
    yield made
    encoder.stop()
    made.stack.stop()


def test_every_secret_was_presented_to_the_server(installation):
    assert len(installation.given_out) >= 6
    assert {answer.status_code for _, answer in installation.answers} >= {200, 401, 404}


def test_no_answer_of_a_list_contains_a_secret(installation):
    document = requests.get(installation.api.origin + "/openapi.json", timeout=10).json()
    lists = [path for path, methods in document["paths"].items() if "get" in methods and "{" not in path]
    assert len(lists) > 10
    for path in lists:
        answer = installation.api.request("GET", path)
        assert answer.status_code < 500, f"{path}: {answer.text}"
        assert not installation.found_in(answer.text), path
        assert not installation.found_in(str(answer.headers)), path


def test_no_refusal_repeats_a_secret(installation):
    for path, answer in installation.answers:
        assert not installation.found_in(answer.text + str(answer.headers)), path


def test_neither_log_contains_a_secret(installation):
    log = installation.stack.server.program.output()
    assert "/auth" in log, "the log has no questions, so nothing was tested"
    lines = [line for line in log.splitlines() if installation.found_in(line)]
    assert not lines, lines[:3]
    assert not installation.found_in(installation.stack.media_mtx.program.output())


def test_the_metrics_contain_no_secret(installation):
    text = installation.stack.server.metrics()
    assert "rescuestream_" in text
    assert not installation.found_in(text)


def test_the_database_contains_no_secret(installation):
    files = [file for file in installation.stack.directory.iterdir() if "rescuestream.db" in file.name]
    assert files
    contents = b"".join(file.read_bytes() for file in files)
    assert b"Drone 7" in contents, "the database has no rows, so nothing was tested"
    assert not installation.found_in(contents.decode("latin-1"))


def test_secrets_are_in_no_arguments_and_only_settings_are_in_the_environment(installation):
    allowed = {"shared secret", "media secret"}  # The test itself sets these in the server's environment.
    seen = 0
    for program in (installation.stack.server.program, installation.stack.media_mtx.program):
        process = pathlib.Path("/proc") / str(program.process.pid)
        arguments = (process / "cmdline").read_text()
        environment = (process / "environ").read_text()
        assert arguments
        seen += 1
        assert not installation.found_in(arguments)
        assert set(installation.found_in(environment)) <= allowed
    assert seen == 2


def test_media_mtx_gets_its_own_password_and_no_other_secret(installation):
    received = installation.tap.received()
    assert "/v3/paths/list" in received
    # Paths of relays contain the key of a device that can send nothing else; none was used here.
    assert installation.found_in(received) == ["password of the control interface"]
