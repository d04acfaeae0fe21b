"""GStreamer and VLC as viewers of a signed path: accepted, refused, expired, and put out while they watch.

A player that is not installed is skipped; Debian's VLC has no RTSP."""

import json

import pytest

import players
from browser import Browser
from support import always, wait_until
from test_watching import (SECONDS_TO_GO, mint, readers, reasons, revoke, signed,  # noqa: F401
                           viewers, watching)

HLS_PAGE = """<!doctype html><video muted autoplay></video><script src="SCRIPT"></script><script>
const tell = text => fetch('/told', {method: 'POST', body: text});
const video = document.querySelector('video');
let told = 0;
video.ontimeupdate = () => { if (video.currentTime >= told + 1) tell('played ' + (told = Math.floor(video.currentTime))); };
const player = new Hls();
player.loadSource(ADDRESS);
player.attachMedia(video);
</script>"""


@pytest.fixture
def watch(tmp_path):
    """watch(name, way, address): a player, which ends with the test at the latest."""
    started = []

    def start(name, way, address):
        started.append(players.start(name, way, address, tmp_path))
        return started[-1]

    yield start
    for each in started:
        each.kill()


@pytest.fixture
def browse(media_mtx, tmp_path):
    """browse(address): a browser with hls.js, which MediaMTX serves; returns what its page reports."""
    running = []

    def start(address):
        script = address.split("/live/")[0] + "/live/hls.min.js"
        page = HLS_PAGE.replace("SCRIPT", script, 1).replace("ADDRESS", json.dumps(address), 1)
        directory = tmp_path / f"browser{len(running)}"
        directory.mkdir()
        running.append(Browser(page, directory))
        return running[-1].told

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def hls_sessions(media_mtx):
    if media_mtx.version() < (1, 18, 0):
        pytest.skip("this MediaMTX has no HLS sessions: it asks at each request")


def played(told):
    return max([int(text.split()[1]) for text in told if text.startswith("played")], default=0)


@pytest.mark.parametrize("name,way", players.WAYS)
def test_another_player_watches_with_a_token_until_it_is_revoked(api, media_mtx, signed, watch, name, way):
    # GStreamer may connect again at once, while its first session still counts.
    is_double = name == "gstreamer" and way == "rtsp"
    minted, addresses = mint(api, signed, max_sessions=2 if is_double else 1)
    player = watch(name, way, addresses[way])
    viewer = watching(api, media_mtx, signed, player)
    assert viewer["protocol"] == way
    always(lambda: player.running() and readers(media_mtx, signed), 3, f"it watches on: {player.output()}")
    wait_until(lambda: len(viewers(api, signed)) == 1, 10, "it is listed once")
    revoke(api, minted)
    wait_until(lambda: not readers(media_mtx, signed), SECONDS_TO_GO, "gone from MediaMTX")
    always(lambda: not readers(media_mtx, signed), 3, "it does not come back")
    assert api.live_of(signed), "the encoder stays"


@pytest.mark.parametrize("name,way", players.WAYS)
def test_another_player_is_refused_without_a_token(api, media_mtx, signed, watch, name, way):
    player = watch(name, way, signed["playback"][way])
    wait_until(lambda: "token_required" in reasons(api, signed), 15, f"refused: {player.output()}")
    always(lambda: not readers(media_mtx, signed), 2, "it does not watch")


@pytest.mark.parametrize("name,way", players.WAYS)
def test_another_player_goes_when_its_token_expires(api, media_mtx, signed, watch, name, way):
    _, addresses = mint(api, signed, expires_in=8)
    player = watch(name, way, addresses[way])
    wait_until(lambda: readers(media_mtx, signed), 8, f"watching: {player.output()}")
    wait_until(lambda: not readers(media_mtx, signed), 8 + SECONDS_TO_GO, "gone")
    always(lambda: not readers(media_mtx, signed), 3, "it does not come back")


@pytest.mark.usefixtures("hls_sessions")
def test_a_browser_watches_by_hls_and_is_refused_a_new_session_after_the_revocation(api, signed, browse):
    minted, addresses = mint(api, signed, short=False, viewer_id="tablet")
    told = browse(addresses["hls"])
    wait_until(lambda: played(told) >= 2, 30, f"playing: {told}")
    known = viewers(api, signed)
    assert [(viewer["protocol"], viewer["viewer_id"]) for viewer in known] == [("hls", "tablet")]
    assert api.call("DELETE", f"/viewers/{known[0]['id']}")["removed"] is False
    revoke(api, minted)
    seen = played(told)
    wait_until(lambda: played(told) >= seen + 3, 20, "a running session goes on")
    late = browse(addresses["hls"])
    wait_until(lambda: "token_revoked" in reasons(api, signed), 30, "refused")
    always(lambda: not played(late), 3, "it does not play")


def test_a_browser_is_refused_by_hls_without_a_token_and_with_an_expired_one(api, signed, browse):
    _, addresses = mint(api, signed, short=False, expires_in=1)
    told = browse(signed["playback"]["hls"])
    wait_until(lambda: reasons(api, signed) == {"token_required"}, 30, "refused")
    late = browse(addresses["hls"])
    wait_until(lambda: "token_expired" in reasons(api, signed), 30, "refused")
    always(lambda: not played(told) and not played(late), 3, "they do not play")


@pytest.mark.usefixtures("hls_sessions")
def test_a_browser_watches_by_hls_on_the_page_of_media_mtx(api, signed, tmp_path):
    _, addresses = mint(api, signed, short=False)
    page = addresses["hls"].replace("index.m3u8", "")
    shown = Browser(f"<!doctype html><iframe src={json.dumps(page)}></iframe>", tmp_path)
    try:
        wait_until(lambda: [viewer["protocol"] for viewer in viewers(api, signed)] == ["hls"], 30, "it watches")
    finally:
        shown.stop()
