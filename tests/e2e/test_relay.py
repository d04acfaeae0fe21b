"""A device that can only send a path publishes to its key value: it is listed and watched at the public path,
and its secret is not shown anywhere."""

import pytest
import requests

from media import codecs_at
from stack import Stack
from support import wait_until


def with_application(key):
    """The address of an encoder that insists on an application: server rtmp://host/live, key sk_…"""
    return key["publish"]["rtmp_path_only"].replace(key["key_value"], "live/" + key["key_value"])


def secret_shows(stack, api, key):
    value = key["key_value"]
    seen = [stack.server.program.output()]
    for path in ("/streams", "/streams?state=all", "/stream-keys", "/audit-logs?limit=100"):
        seen.append(api.request("GET", path).text)
    return any(value in text for text in seen)


def entries(media_mtx):
    answer = media_mtx.call("GET", "/v3/config/paths/list?itemsPerPage=1000")
    return {item["name"] for item in answer.json()["items"]}


@pytest.mark.parametrize("application", ["", "live/"])
def test_the_device_is_listed_and_can_be_watched_at_its_public_path(stack, api, media_mtx, publish, application):
    key = api.create_key()
    public, secret = key["playback_path"], key["key_value"]
    address = with_application(key) if application else key["publish"]["rtmp_path_only"]
    encoder = publish(address)
    stream = wait_until(lambda: api.live_of(key), 10, "listed")
    assert stream["path"] == public
    assert all(public in url and secret not in url for url in stream["urls"].values())
    wait_until(lambda: public in entries(media_mtx), 2, "offered")
    for player in ("rtsp", "hls"):
        assert codecs_at(stream["urls"][player]) == ["h264,320,180"], player
    # Only the relay may read the secret path.
    with pytest.raises(AssertionError, match="cannot be played"):
        codecs_at(stream["urls"]["rtsp"].replace(public, application + secret))

    encoder.stop()
    wait_until(lambda: not api.live_of(key), 5, "off the list")
    wait_until(lambda: public not in entries(media_mtx), 5, "taken back")
    gone = requests.get(stream["urls"]["hls"], timeout=5)
    assert gone.status_code == 404

    # The encoder reconnects, and viewers keep their address.
    publish(address)
    again = wait_until(lambda: api.live_of(key), 10, "listed again")
    assert (again["id"], again["urls"]) == (stream["id"], stream["urls"])
    assert codecs_at(again["urls"]["rtsp"]) == ["h264,320,180"]
    assert not secret_shows(stack, api, key)


def test_revoking_cuts_off_a_device_that_sends_its_key_behind_an_application(api, media_mtx, publish):
    key = api.create_key()
    encoder = publish(with_application(key))
    wait_until(lambda: api.live_of(key), 10, "listed")
    wait_until(lambda: media_mtx.ready("live/" + key["key_value"]), 2, "published")
    revoked = api.request("DELETE", f"/stream-keys/{key['id']}")
    assert revoked.headers["RescueStream-Cutoff"] == "kicked=1, pending=0"
    wait_until(lambda: not encoder.running(), 5, "the encoder ended")
    assert not media_mtx.has_source("live/" + key["key_value"])
    wait_until(lambda: key["playback_path"] not in entries(media_mtx), 5, "the relay is removed")
    again = publish(with_application(key))
    wait_until(lambda: not again.running(), 8, "refused")
    assert not media_mtx.has_source("live/" + key["key_value"])


def test_a_relay_that_a_killed_server_left_is_removed(programs, tmp_path, publish):
    stack = Stack(tmp_path)
    try:
        api = stack.server.api()
        key = api.create_key(reconnect_window=0)
        encoder = publish(key["publish"]["rtmp_path_only"])
        wait_until(lambda: api.live_of(key), 10, "listed")
        wait_until(lambda: key["playback_path"] in entries(stack.media_mtx), 2, "the relay exists")
        stack.server.program.kill()
        encoder.stop()
        stack.server.start()
        stack.server.wait_until_ready()
        wait_until(lambda: key["playback_path"] not in entries(stack.media_mtx), 5, "the relay is removed")
        wait_until(lambda: not api.live_of(key), 5, "off the list")
    finally:
        stack.stop()
