"""A publisher without a right never becomes a path of MediaMTX."""

import datetime

import pytest

from support import always, wait_until

WRONG_VALUE = "sk_" + "A" * 43
# MediaMTX delays a refusal by up to 4 s; before v1.20.1 it also reads RTMP's media for 2 s
# before it sends its request.
SECONDS_TO_REFUSE = 8


def without_figures(stream):
    """What of a stream does not change while it is live."""
    return {name: value for name, value in stream.items() if name not in ("bitrate", "viewers")}


def addresses_of(key):
    """Every way to use a key, by name: (address, path)."""
    publish = key["publish"]
    return {
        "RTMP, key as path": (publish["rtmp_path_only"], key["key_value"]),
        "RTMP, ?pass=": (publish["rtmp"], key["playback_path"]),
        "RTSP": (publish["rtsp"], key["playback_path"]),
        "SRT": (publish["srt"], key["playback_path"]),
    }


def with_other_value(address, key, value):
    assert key["key_value"] in address
    return address.replace(key["key_value"], value)


def revoke(api, key):
    api.call("DELETE", f"/stream-keys/{key['id']}", status=204)


@pytest.mark.parametrize("way", ["RTMP, key as path", "RTMP, ?pass=", "RTSP", "SRT"])
@pytest.mark.parametrize("fault", ["wrong", "revoked", "expired"])
def test_a_bad_key_never_reaches_the_path_list(api, media_mtx, publish, way, fault):
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=0.5)
    key = api.create_key(**({"expires_at": soon.isoformat()} if fault == "expired" else {}))
    address, path = addresses_of(key)[way]
    if fault == "wrong":
        address, path = (with_other_value(text, key, WRONG_VALUE) if key["key_value"] in text
                         else text for text in (address, path))
    elif fault == "revoked":
        revoke(api, key)
    else:
        state = f"/stream-keys/{key['id']}"
        wait_until(lambda: api.call("GET", state)["status"] == "expired", 3, "expired")
    encoder = publish(address)
    ready = []

    def gave_up():
        ready.extend(name for name in media_mtx.paths() if name == path)
        return not encoder.running()

    wait_until(gave_up, SECONDS_TO_REFUSE, f"the encoder gave up: {encoder.output()}")
    assert not ready, "the encoder became a path of MediaMTX"
    assert encoder.process.returncode != 0
    assert not api.live_of(key)


def test_a_key_is_valid_for_its_own_path_only(api, media_mtx, publish):
    broadcaster = api.create_broadcaster()
    mine, other = (api.create_key(broadcaster) for _ in range(2))
    encoder = publish(mine["publish"]["rtsp"].replace(mine["playback_path"],
                                                      other["playback_path"]))
    wait_until(lambda: not encoder.running(), SECONDS_TO_REFUSE, "the encoder gave up")
    assert not media_mtx.has_source(other["playback_path"])


@pytest.mark.parametrize("second_way", ["rtmp", "rtsp", "srt"])
def test_a_second_publisher_is_refused(api, media_mtx, publish, second_way):
    key = api.create_key(on_duplicate="reject")
    publish(key["publish"]["rtsp"])
    stream = wait_until(lambda: api.live_of(key), 5, "listed")
    second = publish(key["publish"][second_way])

    def first_is_on_the_air():
        source = media_mtx.paths()[key["playback_path"]]["source"]
        return source is not None and source["id"] == stream["source_id"]

    wait_until(lambda: not second.running() or not first_is_on_the_air(), SECONDS_TO_REFUSE, "refused")
    assert first_is_on_the_air(), "the first encoder was removed"
    always(first_is_on_the_air, 1, "the first encoder was removed")
    assert second.process.returncode != 0
    assert without_figures(api.live_of(key)) == without_figures(stream)


def test_another_device_is_refused_while_the_first_is_healthy(api, media_mtx, publish):
    """The default, reject_if_healthy. Before v1.19.0 MediaMTX does not report a device's user agent."""
    if media_mtx.version() < (1, 19, 0):
        pytest.skip("this MediaMTX does not report the user agent")
    key = api.create_key()
    publish(key["publish"]["rtsp"], ["-user_agent", "Drone/1.0"])
    stream = wait_until(lambda: api.live_of(key), 5, "listed")
    second = publish(key["publish"]["rtsp"], ["-user_agent", "Phone/2.0"])
    wait_until(lambda: not second.running(), SECONDS_TO_REFUSE, "refused")
    assert without_figures(api.live_of(key)) == without_figures(stream)


def test_a_second_publisher_takes_over_when_the_policy_is_takeover(api, publish):
    key = api.create_key(on_duplicate="takeover")
    first = publish(key["publish"]["rtsp"])
    stream = wait_until(lambda: api.live_of(key), 5, "listed")
    publish(key["publish"]["rtmp"])
    wait_until(lambda: not first.running(), SECONDS_TO_REFUSE, "the first encoder ended")

    def taken_over():
        now = api.live_of(key)
        return now and now["source_id"] != stream["source_id"] and now

    now = wait_until(taken_over, 5, "taken over")
    assert now["id"] == stream["id"]
    assert now["generation"] == stream["generation"] + 1
    assert now["source_type"] == "rtmpConn"
