"""Publishers that were accepted and do not publish yet lose their right with their key. MediaMTX does not ask
again when they begin."""

import contextlib
import datetime

import pytest

from raw_rtsp import Encoder
from support import on_default_node, wait_until
from waiting_clients import RtmpClient, SrtClient, WhipClient, srt_library


@pytest.fixture
def announce(stack):
    """announce(key): an RTSP encoder that has announced its stream and does not send it yet."""
    with contextlib.ExitStack() as open_encoders:
        def start(key, value=None):
            encoder = Encoder(f"rtsp://127.0.0.1:{stack.ports['rtsp']}/{key['playback_path']}",
                              value or key["key_value"])
            open_encoders.callback(encoder.close)
            encoder.announce()
            return encoder

        yield start


def sessions(media_mtx, key):
    return [item for item in media_mtx.connections("rtspsessions") if item["path"] == key["playback_path"]]


def revoke(api, key):
    return api.call("POST", f"/stream-keys/{key['id']}/revoke")["cutoff"]


def rotate(api, key):
    return api.call("POST", f"/stream-keys/{key['id']}/rotate", {})["cutoff"]


def disable(api, key):
    return api.call("POST", f"/stream-keys/{key['id']}/disable")["cutoff"]


def disable_broadcaster(api, key):
    return api.call("POST", f"/broadcasters/{key['broadcaster_id']}/disable")["cutoff"]


@pytest.mark.parametrize("withdraw", [revoke, rotate, disable, disable_broadcaster])
def test_no_announced_session_begins_after_its_key_has_lost_its_right(api, media_mtx, announce, withdraw):
    key = api.create_key(on_duplicate="takeover")
    encoders = [announce(key) for _ in range(4)]
    cutoff = withdraw(api, key)
    assert cutoff["kicked"] >= 1, cutoff
    assert cutoff["pending"] == 0, cutoff
    assert sessions(media_mtx, key) == []
    assert [encoder.may_record() for encoder in encoders] == [False] * 4
    assert key["playback_path"] not in media_mtx.paths()


@pytest.mark.parametrize("way, kind", [("rtmp", "rtmpconns"), ("srt", "srtconns"), ("whip", "webrtcsessions")])
def test_no_connection_without_media_is_left_after_its_key_has_lost_its_right(api, media_mtx, way, kind):
    if way == "rtmp" and media_mtx.version() < (1, 20, 1):
        pytest.skip("this MediaMTX asks only when RTMP's media is there")
    if way == "srt" and not srt_library():
        pytest.skip("no libsrt")
    key = api.create_key(on_duplicate="takeover")
    address = key["publish"][way]
    connect = {"rtmp": RtmpClient, "srt": SrtClient, "whip": lambda url: WhipClient(url, key["key_value"])}[way]

    def connections():
        return {item["id"] for item in media_mtx.connections(kind)}

    earlier = connections()
    with contextlib.ExitStack() as clients:
        for _ in range(3):
            clients.callback(connect(address).close)
        cutoff = revoke(api, key)
        assert cutoff["kicked"] >= 1, cutoff
        assert cutoff["pending"] == 0, cutoff
        assert connections() <= earlier


def test_no_announced_session_is_left_when_its_key_has_expired(api, media_mtx, announce):
    key = api.create_key(on_duplicate="takeover")
    encoders = [announce(key) for _ in range(3)]
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=5)
    api.call("PATCH", f"/stream-keys/{key['id']}", {"expires_at": end.isoformat()})
    assert sessions(media_mtx, key)
    wait_until(lambda: api.call("GET", f"/stream-keys/{key['id']}")["status"] == "expired", 10, "expired")
    wait_until(lambda: not sessions(media_mtx, key), 3, "no session is left")
    assert [encoder.may_record() for encoder in encoders] == [False] * 3
    assert key["playback_path"] not in media_mtx.paths()


def test_a_session_that_another_encoder_displaced_cannot_displace_it(api, media_mtx, announce):
    key = api.create_key(on_duplicate="takeover")
    displaced = [announce(key) for _ in range(3)]
    rightful = announce(key)
    rightful.record()
    number = iter(range(10_000))
    wait_until(lambda: (rightful.send(next(number)), len(sessions(media_mtx, key)) == 1)[1], 3,
               "the displaced sessions are removed")
    assert [encoder.may_record() for encoder in displaced] == [False] * 3
    wait_until(lambda: (rightful.send(next(number)), api.live_of(key))[1], 3, "the rightful encoder is live")
    assert len(sessions(media_mtx, key)) == 1


def test_a_session_of_before_a_rotation_cannot_displace_the_encoder_with_the_new_value(
        api, media_mtx, announce):
    key = api.create_key(on_duplicate="takeover")
    before = [announce(key) for _ in range(3)]
    value = api.call("POST", f"/stream-keys/{key['id']}/rotate", {})["key_value"]
    rightful = announce(key, value)
    rightful.record()
    assert [encoder.may_record() for encoder in before] == [False] * 3
    number = iter(range(10_000))
    wait_until(lambda: (rightful.send(next(number)), api.live_of(key))[1], 3, "live")
    assert len(sessions(media_mtx, key)) == 1


def test_the_key_of_a_closed_connection_is_free_after_two_polls(api, announce):
    key = api.create_key(on_duplicate="reject")
    announce(key).close()

    def may_announce():
        try:
            announce(key)
        except AssertionError:
            return False
        return True

    wait_until(may_announce, 8, "another encoder is accepted")


def test_an_announced_session_keeps_its_key_while_it_waits(api, media_mtx, announce):
    key = api.create_key(on_duplicate="reject")
    encoder = announce(key)
    other = 0
    while other < 3:  # each refusal takes up to four seconds
        with pytest.raises(AssertionError, match="401"):
            announce(key)
        other += 1
    assert len(sessions(media_mtx, key)) == 1
    encoder.record()
    number = iter(range(10_000))
    wait_until(lambda: (encoder.send(next(number)), api.live_of(key))[1], 3, "live")
    assert revoke(api, key) == on_default_node(kicked=1)
