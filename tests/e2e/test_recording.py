"""A device that can only send a path is recorded at its public path, never under its key."""

import pytest
import requests

from media import codecs_at
from stack import Stack
from support import free_port, wait_until


@pytest.fixture
def recording(programs, tmp_path):
    """(stack, directory of the recordings, address of the playback server)"""
    directory = tmp_path / "recordings"
    port = free_port()
    stack = Stack(tmp_path, more=["--record", directory, "--playback", "--playback-port", port])
    yield stack, directory, f"http://127.0.0.1:{port}"
    stack.stop()


def files(directory):
    return sorted(path for path in directory.rglob("*") if path.is_file())


def names(stack):
    return {item["name"] for item in stack.media_mtx.call("GET", "/v3/recordings/list").json()["items"]}


def test_the_device_is_recorded_at_its_public_path_without_a_viewer(recording, publish):
    stack, directory, playback = recording
    api = stack.server.api()
    key = api.create_key(reconnect_window=0)
    public, secret = key["playback_path"], key["key_value"]
    plain = key["publish"]["rtmp_path_only"]
    # The second encoder insists on an application before the stream key.
    for round_number, address in ((1, plain), (2, plain.replace(secret, "live/" + secret))):
        encoder = publish(address)
        wait_until(lambda: api.live_of(key), 10, "listed")
        wait_until(lambda: len(files(directory / public)) == round_number, 15, "recorded")
        assert codecs_at(api.live_of(key)["urls"]["rtsp"]) == ["h264,320,180"]
        encoder.stop()
        wait_until(lambda: not stack.media_mtx.paths(), 5, "the relay ends with its source")

    for file in files(directory):
        assert secret not in str(file), "recorded under the key"
        assert codecs_at(str(file)) == ["h264,320,180"]
    assert names(stack) == {public}
    spans = requests.get(f"{playback}/list", params={"path": public}, timeout=5)
    assert spans.status_code == 200, spans.text
    part = requests.get(spans.json()[0]["url"], timeout=10)
    assert part.status_code == 200 and part.content[4:8] == b"ftyp"


def test_a_publisher_with_a_credential_is_recorded_at_its_path(recording, publish):
    stack, directory, _ = recording
    api = stack.server.api()
    key = api.create_key()
    publish(key["publish"]["rtsp"])
    wait_until(lambda: api.live_of(key), 10, "listed")
    wait_until(lambda: files(directory / key["playback_path"]), 15, "recorded")
    assert names(stack) == {key["playback_path"]}


def test_the_recording_continues_soon_after_another_device_took_over(recording, publish):
    stack, directory, _ = recording
    api = stack.server.api()
    key = api.create_key(on_duplicate="takeover")
    first = publish(key["publish"]["rtmp_path_only"])
    wait_until(lambda: files(directory / key["playback_path"]), 20, "recorded")
    before = api.live_of(key)["source_id"]
    publish(key["publish"]["rtmp_path_only"])
    wait_until(lambda: (api.live_of(key) or {}).get("source_id") not in (None, before), 15, "taken over")
    wait_until(lambda: len(files(directory / key["playback_path"])) == 2, 10, "recorded again")
    wait_until(lambda: not first.running(), 10, "the first encoder ended")
    assert names(stack) == {key["playback_path"]}
