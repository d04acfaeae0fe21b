"""Whoever looks for the reason why a client cannot connect finds it: in a list, at the key, and in the log."""

import json

import pytest
import requests

from media import codecs_at
from raw_rtsp import Encoder
from stack import Stack
from support import wait_until
from test_relay import entries, with_application

SECONDS_TO_REFUSE = 8


def refusals(api, **filters):
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return api.call("GET", f"/refusals?{query}")["refusals"]


def logged(stack, **fields):
    """Whether a line of the log about a refused publisher has these fields."""
    lines = (json.loads(line) for line in stack.server.program.output().splitlines() if line.startswith("{"))
    return any(fields.items() <= line.items() for line in lines if line["message"] == "publisher refused")


def refused(api, encoder, **filters):
    """Waits until the encoder has given up, and returns the entry about it."""
    wait_until(lambda: not encoder.running(), SECONDS_TO_REFUSE, f"the encoder gave up: {encoder.output()}")
    return wait_until(lambda: refusals(api, **filters), 2, "listed")[0]


@pytest.mark.parametrize("way", ["rtmp", "rtsp", "srt"])
def test_a_publisher_at_a_wrong_path_is_found_by_its_key(stack, api, publish, way):
    key = api.create_key(api.create_broadcaster("Team North"), label=f"Drone {way}")
    wrong = f"live/wrong-{way}"
    encoder = publish(key["publish"][way].replace(key["playback_path"], wrong))
    entry = refused(api, encoder, stream_key_id=key["id"])
    assert (entry["reason"], entry["path"], entry["protocol"], entry["action"]) == (
        "wrong_path", wrong, way, "publish")
    assert entry["address"] == "127.0.0.1"
    assert entry["explanation"].endswith(f"publish to {key['playback_path']}.")
    assert (entry["key_label"], entry["broadcaster_name"]) == (f"Drone {way}", "Team North")
    # RTSP's first question, without a credential, is no attempt.
    assert [item["reason"] for item in refusals(api, path=wrong)] == ["wrong_path"]

    wait_until(lambda: logged(stack, reason="wrong_path", path=wrong, protocol=way, stream_key_id=key["id"],
                              key_label=f"Drone {way}", playback_path=key["playback_path"]),
               5, "the log names the key's label and its right path")
    shown = stack.command_line("key", "show", key["id"])
    assert f" ago: wrong path {wrong} from 127.0.0.1\n" in shown.splitlines(keepends=True)[-2]
    assert key["key_value"] not in shown + stack.command_line("refusals") + json.dumps(entry)


@pytest.mark.parametrize("way", ["rtmp", "rtsp", "srt"])
def test_a_publisher_without_a_credential_is_listed_and_logged(stack, api, publish, way):
    path = f"live/nobody-{way}"
    address = {"rtmp": f"rtmp://127.0.0.1:{stack.ports['rtmp']}/{path}",
               "rtsp": f"rtsp://127.0.0.1:{stack.ports['rtsp']}/{path}",
               "srt": f"srt://127.0.0.1:{stack.ports['srt']}?streamid=publish:{path}&pkt_size=1316"}[way]
    encoder = publish(address)
    entry = refused(api, encoder, path=path)
    assert (entry["reason"], entry["protocol"]) == ("no_credential", way)
    assert "stream_key_id" not in entry
    wait_until(lambda: logged(stack, reason="no_credential", path=path, protocol=way), 5, "logged")


@pytest.mark.parametrize("way", ["rtmp query", "rtsp query", "rtsp user"])
def test_a_key_where_none_is_read_is_told_as_that(stack, api, publish, way):
    path = f"live/misplaced-{way.replace(' ', '-')}"
    key = api.create_key(playback_path=path)
    value = key["key_value"]
    encoder = publish({"rtmp query": f"rtmp://127.0.0.1:{stack.ports['rtmp']}/{path}?streamkey={value}",
                       "rtsp query": f"rtsp://127.0.0.1:{stack.ports['rtsp']}/{path}?streamkey={value}",
                       "rtsp user": f"rtsp://{value}:x@127.0.0.1:{stack.ports['rtsp']}/{path}"}[way])
    entry = refused(api, encoder, path=path)
    assert entry["reason"] == "key_misplaced" and "pass=" in entry["explanation"]
    assert value not in json.dumps(entry) + stack.server.program.output()


def test_an_rtsp_encoder_that_sends_its_key_twice_is_no_refused_attempt(stack, api, publish):
    key = api.create_key(playback_path="live/twice")
    address = key["publish"]["rtsp"] + f"?streamkey={key['key_value']}"
    publish(address)
    wait_until(lambda: api.live_of(key), 10, "it is live")
    assert refusals(api, path="live/twice") == []


def test_whip_without_a_credential_is_listed_and_logged(stack, api, media_mtx):
    path = "live/nobody-whip"
    answer = requests.post(f"http://127.0.0.1:{stack.ports['webrtc']}/{path}/whip", data="v=0\r\n",
                           headers={"Content-Type": "application/sdp"}, timeout=10)
    assert answer.status_code in (400, 401)
    assert [entry["protocol"] for entry in refusals(api, path=path)] == ["webrtc"]
    wait_until(lambda: logged(stack, reason="no_credential", path=path, protocol="webrtc"), 5, "logged")


def test_an_rtsp_client_that_asks_once_and_gives_up_is_listed_after_some_seconds(stack, api):
    path = "live/asks-once"
    encoder = Encoder(f"rtsp://127.0.0.1:{stack.ports['rtsp']}/{path}")
    with pytest.raises(AssertionError, match="401"):
        encoder.announce()
    entry = wait_until(lambda: refusals(api, path=path), 15, "listed")[0]
    assert (entry["reason"], entry["protocol"], entry["times"]) == ("no_credential", "rtsp", 1)


def test_the_relay_of_a_device_that_sends_a_path_is_no_refused_attempt(api, media_mtx, publish):
    key = api.create_key()
    publish(with_application(key))
    stream = wait_until(lambda: api.live_of(key), 10, "listed")
    wait_until(lambda: key["playback_path"] in entries(media_mtx), 5, "the relay exists")
    assert codecs_at(stream["urls"]["rtsp"]) == ["h264,320,180"]
    with pytest.raises(AssertionError, match="cannot be played"):
        codecs_at(stream["urls"]["rtsp"].replace(key["playback_path"], "live/" + key["key_value"]))
    found = wait_until(lambda: refusals(api, reason="secret_path"), 10, "the player is listed")
    # Two questions of the player: DESCRIBE, without and again without a credential.
    assert [(entry["action"], entry["path"]) for entry in found] == [("read", "live/sk_***")]
    assert key["key_value"] not in json.dumps(found)


def test_a_second_encoder_and_an_expired_or_revoked_key_are_explained(api, publish):
    key = api.create_key(on_duplicate="reject")
    publish(key["publish"]["rtsp"])
    wait_until(lambda: api.live_of(key), 5, "listed")
    second = publish(key["publish"]["rtmp"])
    assert refused(api, second, stream_key_id=key["id"], reason="in_use")["protocol"] == "rtmp"
    api.call("DELETE", f"/stream-keys/{key['id']}", status=204)
    third = publish(key["publish"]["rtmp_path_only"])
    entry = refused(api, third, stream_key_id=key["id"], reason="revoked")
    assert entry["path"] == "sk_***"
    assert entry["explanation"] == "The key was revoked permanently. Create a new one."


def test_refused_attempts_survive_a_killed_server(programs, tmp_path, publish):
    stack = Stack(tmp_path)
    try:
        encoder = publish(f"rtmp://127.0.0.1:{stack.ports['rtmp']}/live/kept")
        wait_until(lambda: not encoder.running(), SECONDS_TO_REFUSE, "refused")
        # The command line reads the database itself.
        wait_until(lambda: "live/kept" in stack.command_line("refusals"), 10, "stored")
        stack.server.program.kill()
        stack.server.start()
        stack.server.wait_until_ready()
        assert refusals(stack.server.api(), path="live/kept")[0]["times"] == 1
    finally:
        stack.stop()
