"""A MediaMTX that calls the server at an address of the network, not at loopback, and MEDIA_ALLOW=none: it needs the credential of
its node, which `mediamtx config` has written into its configuration and into the file for its hooks."""

import re
import subprocess

import pytest
import requests

from stack import PORTS, MediaMtx, Server, binaries, control_credential, server_environment
from support import free_port, wait_until


def address_of_this_machine():
    """An address that is not loopback. Calls from this machine to it come from it."""
    words = subprocess.run(["hostname", "-I"], check=True, text=True, stdout=subprocess.PIPE).stdout.split()
    for word in words:
        if ":" not in word:
            return word
    pytest.skip("this machine has no IPv4 address but loopback")


@pytest.fixture
def remote(programs, tmp_path):
    """(server, mediamtx, origin, configuration file)"""
    ports = {name: free_port() for name in PORTS}
    program, command_line, binary = binaries()
    server = Server(program, ports, tmp_path, API_HOST="*", MEDIA_ALLOW="none")
    server.wait_until_ready()
    origin = f"http://{address_of_this_machine()}:{ports['http']}"
    file = tmp_path / "mediamtx.yml"
    options = [word for name in PORTS if name != "http" for word in (f"--{name}-port", str(ports[name]))]
    run = subprocess.run(
        [command_line, "mediamtx", "config", "--server-url", origin, "--bind", "127.0.0.1", "--output", file,
         "--media-secret-file", tmp_path / "credential", *options], check=False, text=True,
        env=server_environment(ports, tmp_path, server.secret), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert run.returncode == 0, run.stderr
    media_mtx = MediaMtx(binary, file, ports, tmp_path, credential=lambda: control_credential(tmp_path))
    yield server, media_mtx, origin, file
    media_mtx.program.stop()
    server.program.stop()


def ask(origin, secret=None, route="/auth"):
    return requests.post(origin + route, json={"action": "read", "path": "live/a"}, timeout=5,
                         auth=("mediamtx", secret) if secret else None).status_code


def test_a_media_mtx_elsewhere_asks_with_the_credential_of_its_node(remote, publish):
    server, media_mtx, origin, file = remote
    secret = re.search(r"authHTTPAddress: 'http://mediamtx:(rsm_default\.[\w-]{43})@", file.read_text())[1]
    assert (file.parent / "credential").read_text().strip() == secret
    assert ask(origin) == 401
    assert ask(origin, secret[:-1]) == 401
    assert ask(origin, secret) == 200
    assert ask(origin, secret, "/auth/north") == 401
    assert requests.get(origin + "/streams", headers={"X-API-Key": secret}, timeout=5).status_code == 401

    api = server.api()
    key = api.create_key()
    publish(key["publish"]["rtsp"])
    wait_until(lambda: media_mtx.ready(key["playback_path"]), 15, "the encoder is accepted")
    # Its hook was accepted, too: the stream was seen by it.
    wait_until(lambda: api.call("GET", "/streams")["streams"], 5, "listed")
    assert api.call("GET", "/streams")["streams"][0]["observed_by"] == "hook"


def test_a_media_mtx_elsewhere_without_the_credential_is_refused(remote, publish):
    server, media_mtx, _, file = remote
    text = file.read_text()
    media_mtx.program.stop()
    file.write_text(re.sub(r"mediamtx:rsm_[^@]*@", "", text))
    media_mtx.start()
    key = server.api().create_key()
    encoder = publish(key["publish"]["rtsp"])
    wait_until(lambda: not encoder.running(), 20, "the encoder is refused")
    assert server.api().call("GET", "/streams")["count"] == 0
