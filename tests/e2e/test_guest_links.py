"""A guest in a browser: the page of a link, the PIN, MediaMTX's player in the frame, and the end."""

import html
import json
import re

import pytest
import requests

import media
from browser import Browser
from support import always, wait_until
from test_watching import SECONDS_TO_GO, play  # noqa: F401

# A page of a link may not be framed, so the browser goes there.
PAGE = "<!doctype html><script>location = ADDRESS;</script>"
OPTIONS = ["--autoplay-policy=no-user-gesture-required"]


@pytest.fixture
def guest(tmp_path):
    """guest(address): a browser that opens the page of a link."""
    running = []

    def open_page(address):
        running.append(Browser(PAGE.replace("ADDRESS", json.dumps(address)), tmp_path, OPTIONS))

    yield open_page
    for each in running:
        each.stop()


def readers(media_mtx, path):
    return [each for each in media_mtx.connections("webrtcsessions")
            if each["state"] == "read" and each["path"] == path]


def all_readers(media_mtx, path):
    return media_mtx.paths().get(path, {}).get("readers", [])


def copied_addresses(page):
    return [html.unescape(address) for address in re.findall(r"<code>((?:rtsp|rtmp|srt)://[^<]+)</code>", page)]


def add_link(api, **members):
    """A new link, and the address of its page at this server."""
    link = api.call("POST", "/guest-links", members, 201)
    return link, api.origin + "/watch/" + link["url"].rpartition("/")[2]


@pytest.mark.parametrize("policy", ["public", "signed"])
def test_a_guest_watches_in_a_browser_until_the_link_is_closed(api, media_mtx, publish, guest, policy):
    key = api.create_key(label="Drone <1>", playback_policy=policy)
    publish(key["publish"]["rtmp"])
    wait_until(lambda: api.live_of(key), 15, "live")
    link, address = add_link(api, stream_key_ids=[key["id"]], expires_at="2999-01-01T00:00:00Z")
    guest(address)
    wait_until(lambda: readers(media_mtx, key["playback_path"]), 30, "the player reads")
    page = requests.get(address, timeout=5)
    assert page.status_code == 200
    assert "Drone &lt;1&gt;" in page.text
    copied = copied_addresses(page.text)[0]
    assert media.codecs_at(copied)
    api.call("POST", f"/guest-links/{link['id']}/close")
    assert requests.get(address, timeout=5).status_code == 404
    if policy == "signed":  # its token has ended with the link
        wait_until(lambda: not readers(media_mtx, key["playback_path"]), 30, "the guest is removed")
        with pytest.raises(AssertionError):
            media.codecs_at(copied)


@pytest.mark.parametrize("change", [{"pin": "204816"}, {"stream_key_ids": ["other"]}])
def test_a_guest_is_put_out_when_the_link_is_changed(api, media_mtx, publish, guest, change):
    key = api.create_key(playback_policy="signed")
    publish(key["publish"]["rtmp"])
    wait_until(lambda: api.live_of(key), 15, "live")
    link, address = add_link(api, stream_key_ids=[key["id"]], expires_at="2999-01-01T00:00:00Z")
    guest(address)
    wait_until(lambda: readers(media_mtx, key["playback_path"]), 30, "the player reads")
    if "stream_key_ids" in change:
        change = {"stream_key_ids": [api.create_key()["id"]]}
    api.call("PATCH", f"/guest-links/{link['id']}", change)
    wait_until(lambda: not readers(media_mtx, key["playback_path"]), 30, "the guest is removed")
    assert requests.get(address, timeout=5).status_code == 200


def test_a_guest_gives_the_pin_once_and_nobody_else_gets_in_by_it(api):
    incident = api.call("POST", "/incidents", {"name": "Search"}, 201)
    key = api.create_key(label="Drone 1", incident_id=incident["id"], until_closed=True)
    _, address = add_link(api, incident_id=incident["id"], pin="204816")
    session = requests.Session()
    assert "<form" in session.get(address, timeout=5).text
    assert session.post(address, {"pin": "204817"}, timeout=5).status_code == 401
    entered = session.post(address, {"pin": "204816"}, timeout=5)
    assert entered.status_code == 200 and "Drone 1" in entered.text
    assert "Drone 1" not in requests.get(address, timeout=5).text
    foreign = requests.post(address, {"pin": "204816"}, timeout=5,
                            headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
    closed = api.call("POST", f"/incidents/{incident['id']}/close")
    assert closed["ended_keys"] == 1
    assert session.get(address, timeout=5).status_code == 404
    shown = api.call("GET", f"/stream-keys/{key['id']}")
    assert shown["status"] == "expired"


def test_who_watches_by_a_link_is_put_out_when_its_incident_is_closed(api, media_mtx, publish, guest, play):  # noqa: F811
    incident = api.call("POST", "/incidents", {"name": "Search"}, 201)
    key = api.create_key(incident_id=incident["id"], playback_policy="signed")
    publish(key["publish"]["rtmp"])
    wait_until(lambda: api.live_of(key), 15, "live")
    _, address = add_link(api, incident_id=incident["id"])
    guest(address)
    wait_until(lambda: readers(media_mtx, key["playback_path"]), 30, "the page's player reads")
    copied = copied_addresses(requests.get(address, timeout=5).text)
    assert sorted(each.partition(":")[0] for each in copied) == ["rtmp", "rtsp", "srt"]
    players = [play(each) for each in copied]
    wait_until(lambda: len(all_readers(media_mtx, key["playback_path"])) == 4, 20, "all read")
    api.call("POST", f"/incidents/{incident['id']}/close")
    wait_until(lambda: not all_readers(media_mtx, key["playback_path"]), SECONDS_TO_GO, "all are removed")
    wait_until(lambda: not any(player.running() for player in players), 20, "the players notice")
    assert requests.get(address, timeout=5).status_code == 404
    again = play(copied[0])
    always(lambda: not all_readers(media_mtx, key["playback_path"]), 3, "nobody comes back")
    wait_until(lambda: not again.running(), 20, "the player is refused")
    assert api.live_of(key)
