"""A primary and a backup encoder publish to one path with a key each."""

import signal

import pytest

from media import codecs_at
from support import always, wait_until

PATH = "live/search"


@pytest.fixture
def keys(api):
    """(primary, backup), both at PATH; revoked at the end, so that the path is free for the next test."""
    made = []

    def make(owner, **members):
        made.append(api.create_key(owner, playback_path=PATH, stale_after=2, **members))
        return made[-1]

    owner = api.create_broadcaster("Search team")
    yield make(owner, label="Primary", priority=80), make(owner, label="Backup", priority=20)
    for key in made:
        api.call("POST", f"/stream-keys/{key['id']}/revoke")


def last_stream_of(api, key):
    return api.call("GET", f"/streams?state=all&stream_key_id={key['id']}&limit=1")["streams"][0]


def refusals_of(api, key):
    return api.call("GET", f"/refusals?stream_key_id={key['id']}")["refusals"]


@pytest.mark.parametrize("protocol", ["rtsp", "rtmp"])
def test_a_backup_is_refused_while_its_primary_is_live_and_admitted_when_that_is_gone(
        api, media_mtx, keys, publish, publish_stubbornly, protocol):
    primary, backup = keys
    encoder = publish(primary["publish"][protocol])
    stream = wait_until(lambda: api.live_of(primary), 10, "the primary is live")
    publish_stubbornly(backup["publish"][protocol])
    refused = wait_until(lambda: refusals_of(api, backup), 10, "the backup is refused")[0]
    assert refused["reason"] == "path_in_use"
    assert refused["holder_key_id"] == primary["id"]
    assert 'the key "Primary"' in refused["explanation"]
    always(lambda: api.live_of(primary)["source_id"] == stream["source_id"] and not api.live_of(backup), 3,
           "the backup disturbed its primary")

    encoder.stop()
    wait_until(lambda: api.live_of(backup), 15, "the backup is live")
    assert not api.live_of(primary)
    assert media_mtx.ready(PATH)


def test_a_backup_is_admitted_when_its_primary_is_frozen(api, media_mtx, keys, publish, publish_stubbornly):
    primary, backup = keys
    encoder = publish(primary["publish"]["rtmp"])
    wait_until(lambda: api.live_of(primary), 10, "the primary is live")
    publish_stubbornly(backup["publish"]["rtmp"])
    wait_until(lambda: refusals_of(api, backup), 10, "the backup is refused")
    encoder.process.send_signal(signal.SIGSTOP)
    try:
        wait_until(lambda: api.live_of(backup), 20, "the backup is live")
        assert not api.live_of(primary)
        assert media_mtx.ready(PATH)
    finally:
        encoder.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("protocol", ["rtsp", "rtmp"])
def test_a_primary_that_returns_takes_the_path_over(api, media_mtx, keys, publish, publish_stubbornly, protocol):
    primary, backup = keys
    publish_stubbornly(backup["publish"][protocol])
    stream = wait_until(lambda: api.live_of(backup), 10, "the backup is live")
    assert stream["path"] == PATH
    publish(primary["publish"][protocol])
    taken = wait_until(lambda: api.live_of(primary), 10, "the primary is live")
    ended = wait_until(lambda: (s := api.stream(stream["id"]))["state"] == "ended" and s, 10, "the backup's stream ended")
    assert ended["end_reason"] == "taken_over"
    # Viewers stay where they are.
    assert taken["urls"] == stream["urls"]
    assert codecs_at(taken["urls"]["rtsp"]) == ["h264,320,180"]
    # The backup tries again and again, and does not come back.
    always(lambda: (live := api.live_of(primary)) and live["source_id"] == taken["source_id"]
           and not api.live_of(backup), 5, "the backup returned")
    wait_until(lambda: any(r["reason"] == "path_in_use" for r in refusals_of(api, backup)), 10, "refused")


def test_on_duplicate_decides_between_equal_priorities(api, keys, publish):
    primary, backup = keys
    api.call("PATCH", f"/stream-keys/{backup['id']}", {"priority": 80})
    publish(primary["publish"]["rtsp"])
    stream = wait_until(lambda: api.live_of(primary), 10, "the first is live")
    second = publish(backup["publish"]["rtsp"])
    wait_until(lambda: not second.running(), 15, "the second is refused")
    assert refusals_of(api, backup)[0]["reason"] == "path_in_use"

    api.call("PATCH", f"/stream-keys/{primary['id']}", {"on_duplicate": "takeover"})
    publish(backup["publish"]["rtsp"])
    wait_until(lambda: api.live_of(backup), 10, "the second is live")
    ended = wait_until(lambda: (s := api.stream(stream["id"]))["state"] == "ended" and s, 10, "the first ended")
    assert ended["end_reason"] == "taken_over"


def test_revoking_one_key_leaves_the_other_on_air(api, media_mtx, keys, publish):
    primary, backup = keys
    publish(backup["publish"]["rtsp"])
    stream = wait_until(lambda: api.live_of(backup), 10, "live")
    api.call("POST", f"/stream-keys/{primary['id']}/revoke")
    always(lambda: (live := api.live_of(backup)) and live["source_id"] == stream["source_id"], 5,
           "the other encoder was disturbed")
    assert media_mtx.ready(PATH)
    cutoff = api.call("POST", f"/stream-keys/{backup['id']}/revoke")["cutoff"]
    assert cutoff["kicked"] == 1
    assert not media_mtx.has_source(PATH)
    assert last_stream_of(api, backup)["end_reason"] == "key_revoked"


def test_a_primary_that_is_enabled_again_takes_its_path_back(api, keys, publish, publish_stubbornly):
    primary, backup = keys
    encoder = publish_stubbornly(primary["publish"]["rtsp"])
    wait_until(lambda: api.live_of(primary), 10, "the primary is live")
    api.call("POST", f"/stream-keys/{primary['id']}/disable")
    publish_stubbornly(backup["publish"]["rtsp"])
    stream = wait_until(lambda: api.live_of(backup), 15, "the backup is live")
    api.call("POST", f"/stream-keys/{primary['id']}/enable")
    wait_until(lambda: api.live_of(primary), 20, "the primary is live again")
    ended = wait_until(lambda: (s := api.stream(stream["id"]))["state"] == "ended" and s, 10, "the backup's stream ended")
    assert ended["end_reason"] == "taken_over"
    assert encoder.attempts > 1


def test_devices_that_can_only_send_a_path_share_one_too(api, media_mtx, keys, publish):
    primary, backup = keys
    publish(backup["publish"]["rtmp_path_only"])
    stream = wait_until(lambda: api.live_of(backup), 10, "the backup is live")
    wait_until(lambda: PATH in media_mtx.paths(), 5, "the public path is offered")
    assert api.stream(stream["id"])["playable"]
    assert codecs_at(stream["urls"]["rtsp"]) == ["h264,320,180"]
    publish(primary["publish"]["rtmp_path_only"])
    wait_until(lambda: api.live_of(primary), 10, "the primary is live")
    ended = wait_until(lambda: (s := api.stream(stream["id"]))["state"] == "ended" and s, 10, "the backup's stream ended")
    assert ended["end_reason"] == "taken_over"
    wait_until(lambda: not media_mtx.has_source(backup["key_value"]), 5, "the backup's connection is gone")
    # The public path shows the primary now.
    wait_until(lambda: codecs_at(stream["urls"]["rtsp"]) == ["h264,320,180"], 20, "it can be watched")
    assert api.live_of(primary)
