"""An encoder publishes, is listed, can be watched, and leaves the list when it stops."""

import pytest

import media
from support import always, wait_until

ADDRESSES = {
    "RTMP, key as path": lambda key: key["publish"]["rtmp_path_only"],
    "RTMP, ?pass=": lambda key: key["publish"]["rtmp"],
    "RTMP, OBS": lambda key: "/".join(key["publish"]["obs"].values()),
    "RTSP": lambda key: key["publish"]["rtsp"],
    "SRT": lambda key: key["publish"]["srt"],
}


@pytest.mark.parametrize("way", ADDRESSES)
def test_a_stream_is_listed_and_can_be_played_from_its_start_to_its_stop(stack, api, media_mtx, publish,
                                                                 way):
    key = api.create_key()
    address = ADDRESSES[way](key)
    path = key["key_value"] if way == "RTMP, key as path" else key["playback_path"]
    encoder = publish(address)
    # RTMP: MediaMTX itself reads two seconds of media first.
    wait_until(lambda: media_mtx.ready(path), 10, f"ready: {encoder.output()}")
    stream = wait_until(lambda: api.live_of(key), 1, "listed")
    assert stream["path"] == key["playback_path"]
    assert stream["status"] == "active"
    assert stream["source_id"] == media_mtx.paths()[path]["source"]["id"]
    # Measured continuously.
    still = lambda found: {name: value for name, value in found.items()
                           if name not in ("bitrate", "viewers", "figures")}
    assert still(api.stream(stream["id"])) == still(stream)

    for player in ("hls", "rtsp"):
        assert media.codecs_at(stream["urls"][player]) == ["h264,320,180"]
    assert api.live_of(key)["id"] == stream["id"]

    encoder.stop()
    wait_until(lambda: not api.live_of(key), 2, "left the list")


def test_a_hook_reports_a_stream_before_the_next_poll(api, publish):
    """At least once in three attempts: a poll, every two seconds, may come first by chance."""
    seen = set()
    for _ in range(3):
        key = api.create_key()
        publish(key["publish"]["rtsp"])
        seen.add(wait_until(lambda: api.live_of(key), 5, "listed")["observed_by"])
    assert "hook" in seen


def test_an_encoder_that_lost_its_connection_is_listed_again_with_the_new_one(
        api, media_mtx, publish):
    key = api.create_key()
    publish(key["publish"]["rtsp"])
    connection = wait_until(lambda: api.live_of(key), 5, "listed")["source_id"]
    media_mtx.kick("rtspsessions", connection)
    wait_until(lambda: not api.live_of(key), 2, "left the list")
    publish(key["publish"]["rtsp"])
    again = wait_until(lambda: api.live_of(key), 5, "listed again")
    assert again["source_id"] != connection


def test_two_keys_can_publish_at_the_same_time(api, publish):
    keys = [api.create_key() for _ in range(2)]
    for key in keys:
        publish(key["publish"]["rtsp"])
    wait_until(lambda: all(api.live_of(key) for key in keys), 5, "both listed")
    always(lambda: all(api.live_of(key) for key in keys), 3, "one of the streams left the list")
