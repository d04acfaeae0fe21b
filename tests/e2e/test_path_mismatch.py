"""With PATH_MISMATCH=adopt the path at which an encoder publishes with its key becomes the key's own."""

import pytest

from media import codecs_at
from stack import Stack
from support import wait_until


@pytest.fixture
def stack(programs, tmp_path):
    stack = Stack(tmp_path, PATH_MISMATCH="adopt")
    yield stack
    stack.stop()


def test_an_encoder_of_the_go_service_keeps_its_address(stack, api, publish):
    key = api.create_key()
    other = api.create_key(playback_path="live/other")
    address = f"rtsp://x:{key['key_value']}@127.0.0.1:{stack.ports['rtsp']}"
    publish(f"{address}/field/drone")
    stream = wait_until(lambda: api.live_of(key), 10, "listed")
    assert stream["path"] == "field/drone" and stream["playable"] is True
    assert codecs_at(stream["urls"]["rtsp"]) == ["h264,320,180"]
    assert api.call("GET", f"/stream-keys/{key['id']}")["playback_path"] == "field/drone"
    entries = api.call("GET", f"/audit-logs?resource_id={key['id']}&action=update")["audit_logs"]
    assert [entry["metadata"]["new_playback_path"] for entry in entries] == ["field/drone"]

    # The key is in use, and the other path is another key's.
    for path in ("field/second", other["playback_path"]):
        second = publish(f"{address}/{path}")
        wait_until(lambda: not second.running(), 15, "refused")
    assert api.live_of(key)["source_id"] == stream["source_id"]
    assert api.call("GET", f"/stream-keys/{key['id']}")["playback_path"] == "field/drone"
