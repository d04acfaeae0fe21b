"""A publisher that is cut off is gone within two seconds, and does not return."""

import time

import pytest

import media
from support import always, on_default_node, wait_until


def revoke(api, key):
    """Revokes the key and returns how long it took."""
    start = time.monotonic()
    answer = api.call("POST", f"/stream-keys/{key['id']}/revoke")
    assert answer["stream_key"]["status"] == "revoked"
    return time.monotonic() - start, answer["cutoff"]


@pytest.mark.parametrize("way", ["rtmp_path_only", "rtmp", "rtsp", "srt"])
def test_revoking_a_live_key_removes_it_for_good(api, media_mtx, publish_stubbornly, way):
    key = api.create_key()
    path = key["key_value"] if way == "rtmp_path_only" else key["playback_path"]
    encoder = publish_stubbornly(key["publish"][way])
    stream = wait_until(lambda: api.live_of(key), 10, "listed")
    start = time.monotonic()
    took, cutoff = revoke(api, key)
    wait_until(lambda: path not in media_mtx.paths(), 2, "gone from MediaMTX")
    assert time.monotonic() - start < 2
    assert took < 2
    assert cutoff == on_default_node(kicked=1)
    assert not api.live_of(key)
    ended = api.stream(stream["id"])
    assert (ended["status"], ended["end_reason"]) == ("ended", "key_revoked")

    attempts = encoder.attempts
    always(lambda: path not in media_mtx.paths(), 6, "the publisher returned")
    assert encoder.attempts > attempts, "the encoder made no new attempt"
    assert not api.live_of(key)


def test_revoking_removes_an_encoder_that_is_accepted_and_not_live_yet(api, media_mtx, publish):
    if media_mtx.version() < (1, 20, 1):
        pytest.skip("this MediaMTX asks only when RTMP's media is there")
    key = api.create_key()
    encoder = publish(key["publish"]["rtmp"])
    used = f"/stream-keys/{key['id']}"
    wait_until(lambda: api.call("GET", used).get("last_used_at"), 5, "accepted")
    assert not media_mtx.ready(key["playback_path"])
    _, cutoff = revoke(api, key)
    assert cutoff == on_default_node(kicked=1)
    always(lambda: key["playback_path"] not in media_mtx.paths(), 4, "the encoder went live")
    assert not encoder.running()


def test_an_encoder_may_publish_again_after_its_stream_was_stopped(api, publish_stubbornly):
    key = api.create_key()
    publish_stubbornly(key["publish"]["rtsp"])
    stream = wait_until(lambda: api.live_of(key), 5, "listed")
    answer = api.call("POST", f"/streams/{stream['id']}/stop")
    assert answer["cutoff"] == on_default_node(kicked=1)
    again = wait_until(lambda: api.live_of(key), 10, "back")
    assert again["id"] != stream["id"]
    assert api.stream(stream["id"])["end_reason"] == "stopped"


def test_media_mtx_survives_the_cut_off_of_rtsp_encoders_that_send_much(
        api, media_mtx, tmp_path, publish_stubbornly):
    # Its own kick of such a session makes it read a null pointer, about once in 10 times.
    clip = tmp_path / "heavy.mp4"
    media.make_heavy_clip(clip)
    keys = [api.create_key() for _ in range(4)]
    for key in keys:
        publish_stubbornly(key["publish"]["rtsp"], clip)
    for _ in range(10):
        for key in keys:
            stream = wait_until(lambda: api.live_of(key), 10, "listed")
            answer = api.call("POST", f"/streams/{stream['id']}/stop")
            assert answer["cutoff"] == on_default_node(kicked=1)
        assert media_mtx.program.running(), media_mtx.program.output()


def test_a_temporary_path_entry_of_a_killed_server_is_removed(stack, media_mtx):
    entry = {"source": "publisher", "sourceOnDemandStartTimeout": "3607s"}
    for name, body in (("left/over", entry), ("somebodys/own", {"source": "publisher"})):
        answer = media_mtx.call("POST", f"/v3/config/paths/add/{name}", json=body)
        assert answer.status_code == 200, answer.text
    stack.server.program.kill()
    stack.revive()
    wait_until(lambda: "left/over" not in media_mtx.paths(), 10, "the temporary entry is removed")
    assert "somebodys/own" in media_mtx.paths()
    answer = media_mtx.call("DELETE", "/v3/config/paths/delete/somebodys/own")
    assert answer.status_code == 200, answer.text


def test_deleting_a_broadcaster_with_force_removes_its_streams(api, media_mtx, publish_stubbornly):
    broadcaster = api.create_broadcaster()
    keys = [api.create_key(broadcaster) for _ in range(2)]
    for key, way in zip(keys, ("rtsp", "srt")):
        publish_stubbornly(key["publish"][way])
    wait_until(lambda: all(api.live_of(key) for key in keys), 10, "both listed")
    here = f"/broadcasters/{broadcaster['id']}"
    assert "force" in api.call("DELETE", here, status=409)["detail"]
    assert all(api.live_of(key) for key in keys)
    api.call("DELETE", here + "?force=true", status=204)
    paths = {key["playback_path"] for key in keys}
    wait_until(lambda: not paths & set(media_mtx.paths()), 2, "gone from MediaMTX")
    always(lambda: not paths & set(media_mtx.paths()), 5, "a publisher returned")
    api.call("GET", here, status=404)
