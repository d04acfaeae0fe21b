"""A device that can only send a path, where MediaMTX's file has an entry of its own for the public path."""

import subprocess

import pytest

from media import codecs_at
from stack import Stack, binaries
from support import clean_environment, wait_until


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    return tmp_path_factory.mktemp("recordings")


@pytest.fixture(scope="module")
def stack(programs, tmp_path_factory, recordings):
    def edit(text):
        entries = f"""
paths:
  live/rec1:
    record: yes
    recordPath: {recordings}/%path/%Y-%m-%d_%H-%M-%S-%f
    rtspTransport: udp
  live/plain:
    maxReaders: 20
  live/camera:
    source: rtsp://127.0.0.1:1/nothing
    sourceOnDemand: yes
  live/demand:
    runOnDemand: sleep 5
"""
        assert "\npaths:\n" in text
        return text.replace("\npaths:\n", entries)

    stack = Stack(tmp_path_factory.mktemp("owner"), edit=edit)
    yield stack
    stack.stop()


def entry(stack, name):
    return stack.media_mtx.call("GET", f"/v3/config/paths/get/{name}").json()


def command(stack, *words):
    """The output of the command line, which works through the server."""
    environment = {"RESCUESTREAM_SERVER": stack.server.origin, "API_SECRET": stack.server.secret}
    run = subprocess.run([binaries()[1], *words], check=True, text=True, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, env=clean_environment() | environment)
    return run.stdout


def is_restored(stack, name, transport="automatic"):
    now = entry(stack, name)
    return (now["source"], now["sourceOnDemand"], now["rtspTransport"]) == ("publisher", False, transport)


def test_the_device_is_watched_and_recorded_as_the_entry_says(stack, api, publish, recordings):
    key = api.create_key(playback_path="live/rec1", reconnect_window=0)
    encoder = publish(key["publish"]["rtmp_path_only"])
    stream = wait_until(lambda: api.live_of(key), 10, "listed")
    wait_until(lambda: list((recordings / "live/rec1").glob("*")), 15, "recorded without a viewer")
    assert api.live_of(key)["playable"] is True
    for player in ("rtsp", "hls"):
        assert codecs_at(stream["urls"][player]) == ["h264,320,180"], player
    assert not list(recordings.glob("sk_*"))

    encoder.stop()
    wait_until(lambda: is_restored(stack, "live/rec1", "udp"), 5, "the entry has its values again")
    assert entry(stack, "live/rec1")["record"] is True
    wait_until(lambda: not api.live_of(key), 5, "off the list")

    # The same path works with the key as the credential, too.
    publish(key["publish"]["rtsp"])
    again = wait_until(lambda: api.live_of(key), 10, "listed again")
    assert again["playable"] is True
    assert codecs_at(again["urls"]["rtsp"]) == ["h264,320,180"]


def test_the_entry_is_restored_by_a_server_that_was_killed_meanwhile(stack, api, publish):
    key = api.create_key(playback_path="live/plain", reconnect_window=0)
    encoder = publish(key["publish"]["rtmp_path_only"])
    stream = wait_until(lambda: api.live_of(key), 10, "listed")
    wait_until(lambda: entry(stack, "live/plain")["source"] != "publisher", 5, "the entry pulls")
    assert codecs_at(stream["urls"]["rtsp"]) == ["h264,320,180"]
    stack.server.program.kill()
    encoder.stop()
    stack.server.start()
    stack.server.wait_until_ready()
    wait_until(lambda: is_restored(stack, "live/plain"), 5, "the entry has its values again")
    assert entry(stack, "live/plain")["maxReaders"] == 20


@pytest.mark.parametrize("path, reason", [("live/camera", "pulls another source"),
                                          ("live/demand", "runOnDemand")])
def test_a_device_that_cannot_be_watched_says_why(stack, api, publish, path, reason):
    key = api.create_key(playback_path=path, reconnect_window=0)
    before = entry(stack, path)
    publish(key["publish"]["rtmp_path_only"])
    stream = wait_until(lambda: (api.live_of(key) or {}).get("playable") is False and api.live_of(key), 10,
                        "listed as not playable")
    assert reason in stream["not_playable_reason"]
    assert reason in api.stream(stream["id"])["not_playable_reason"]
    notes = {note["path"]: note for note in api.call("GET", "/nodes/default")["path_notes"]}
    assert notes[path]["note"] == "not_playable" and reason in notes[path]["reason"]
    lines = [line for line in stack.server.program.output().splitlines()
             if "cannot be watched at its public path" in line and path in line]
    assert len(lines) == 1, "logged once"
    assert entry(stack, path) == before
    assert "not playable" in command(stack, "stream", "list")
    for words in (("stream", "show", path), ("node", "show", "default")):
        assert reason in command(stack, *words), words
