"""Who may watch signed paths by each protocol, and who is put out again.

docs/watching.md has the table that these scenarios prove: which protocol is enforced when."""

import json

import pytest
import requests

from browser import Browser
from media import codecs_at
from support import Program, always, wait_until

WAYS = ["rtsp", "rtmp", "srt"]
# A poll, a kick, and the time in which a player notices.
SECONDS_TO_GO = 6

WHEP_PAGE = """<!doctype html><video muted autoplay></video><script>
const tell = text => fetch('/told', {method: 'POST', body: text});
(async () => {
  const connection = new RTCPeerConnection();
  connection.addTransceiver('video', {direction: 'recvonly'});
  connection.ontrack = event => { document.querySelector('video').srcObject = event.streams[0]; };
  connection.onconnectionstatechange = () => tell(connection.connectionState);
  await connection.setLocalDescription(await connection.createOffer());
  await new Promise(done => {
    const look = () => connection.iceGatheringState === 'complete' && done();
    connection.onicegatheringstatechange = look;
    look();
  });
  const answer = await fetch(WHEP, {method: 'POST', body: connection.localDescription.sdp,
    headers: {'Content-Type': 'application/sdp', ...HEADERS}});
  await tell('status ' + answer.status);
  if (answer.ok)
    await connection.setRemoteDescription({type: 'answer', sdp: await answer.text()});
})().catch(error => tell('error ' + error));
</script>"""


@pytest.fixture
def play(tmp_path):
    """play(address): a player, which ends with the test at the latest."""
    players = []

    def start(address):
        options = ["-rtsp_transport", "tcp"] if address.startswith("rtsp:") else []
        players.append(Program(["ffmpeg", "-v", "error", *options, "-i", address, "-c", "copy", "-f", "null", "-"],
                               tmp_path / f"player{len(players)}.log"))
        return players[-1]

    yield start
    for player in players:
        player.kill()


@pytest.fixture
def browser(tmp_path):
    """browser(page): starts a browser, and returns the list of what its page reports."""
    running = []

    def start(page):
        running.append(Browser(page, tmp_path))
        return running[-1].told

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def signed(api, publish):
    key = api.create_key(playback_policy="signed")
    publish(key["publish"]["rtsp"])
    wait_until(lambda: api.live_of(key), 10, "live")
    return key


def mint(api, key, **members):
    """A token for the key's path, short so that it fits into every address, and the addresses with it."""
    minted = api.call("POST", "/playback-tokens",
                      {"paths": [key["playback_path"]], "short": True} | members, status=201)
    return minted, minted["playback"][key["playback_path"]]


def readers(media_mtx, key):
    return media_mtx.paths().get(key["playback_path"], {}).get("readers", [])


def viewers(api, key):
    return api.call("GET", f"/viewers?path={key['playback_path']}")["viewers"]


def revoke(api, minted):
    api.call("POST", "/playback-tokens/revoke", {"token_id": minted["id"]})


def watching(api, media_mtx, key, player):
    """Waits until the player is a viewer whom both sides know; returns it."""
    wait_until(lambda: readers(media_mtx, key), 15, f"watching: {player.output()}")
    ids = {reader["id"] for reader in readers(media_mtx, key)}
    known = wait_until(lambda: [viewer for viewer in viewers(api, key) if viewer["id"] in ids]
                       or (media_mtx.version() < (1, 19, 3) and viewers(api, key)), 5, "listed")
    return known[0]


def reasons(api, key):
    return {entry["reason"] for entry in
            api.call("GET", f"/refusals?path={key['playback_path']}")["refusals"]}


@pytest.mark.parametrize("way", WAYS)
def test_a_signed_path_is_watched_with_a_token_alone(api, signed, way):
    _, addresses = mint(api, signed)
    bare = signed["playback"][way]
    with pytest.raises(AssertionError, match="cannot be played"):
        codecs_at(bare)
    assert reasons(api, signed) <= {"token_required"}
    assert codecs_at(addresses[way]) == ["h264,320,180"]


@pytest.mark.parametrize("way", ["rtsp", "rtmp"])
def test_a_jwt_is_a_token_in_the_address_and_as_the_password(api, signed, way):
    minted, addresses = mint(api, signed, short=False)
    assert codecs_at(addresses[way]) == ["h264,320,180"]
    # ffmpeg cuts what stands before the host of an RTSP address at 127 characters.
    short = mint(api, signed)[0]["token"]
    address = {"rtsp": signed["playback"]["rtsp"].replace("rtsp://", f"rtsp://viewer:{short}@"),
               "rtmp": signed["playback"]["rtmp"] + f"?user=viewer&pass={minted['token']}"}[way]
    assert codecs_at(address) == ["h264,320,180"]


@pytest.mark.parametrize("way", WAYS)
def test_a_token_of_another_path_opens_none_that_begins_with_its_name(api, publish, way):
    key = api.create_key(playback_policy="signed", playback_path=f"live/drone1-{way}0")
    publish(key["publish"]["rtsp"])
    wait_until(lambda: api.live_of(key), 10, "live")
    other = {"playback_path": f"live/drone1-{way}"}
    minted, _ = mint(api, other)
    _, right = mint(api, key)
    address = next(text for name, text in right.items() if name == way)
    token = address.rsplit("=" if way != "srt" else ":", 1)[1]

    def is_refused_for_its_path():
        with pytest.raises(AssertionError, match="cannot be played"):
            codecs_at(address.replace(token, minted["token"]))
        return "token_wrong_path" in reasons(api, key)

    # On a busy machine an SRT player gives up before MediaMTX has asked.
    wait_until(is_refused_for_its_path, 30, "refused for its path")


@pytest.mark.parametrize("way", WAYS)
def test_a_revoked_token_ends_what_runs_and_opens_nothing(api, media_mtx, signed, play, way):
    minted, addresses = mint(api, signed, viewer_id="tablet")
    player = play(addresses[way])
    viewer = watching(api, media_mtx, signed, player)
    assert (viewer["protocol"], viewer["viewer_id"]) == (way, "tablet")
    revoke(api, minted)
    wait_until(lambda: not readers(media_mtx, signed), SECONDS_TO_GO, "gone from MediaMTX")
    wait_until(lambda: not player.running(), SECONDS_TO_GO, "the player ended")
    with pytest.raises(AssertionError, match="cannot be played"):
        codecs_at(addresses[way])
    # RTSP's first question is about its connection, which is listed for some seconds.
    wait_until(lambda: not viewers(api, signed), 20, "not listed")
    assert api.live_of(signed), "the encoder stays"


@pytest.mark.parametrize("way", WAYS)
def test_the_end_of_a_token_ends_its_session(api, media_mtx, signed, play, way):
    _, addresses = mint(api, signed, expires_in=8)
    _, lasting = mint(api, signed)
    player, other = play(addresses[way]), play(lasting[way])
    wait_until(lambda: len(readers(media_mtx, signed)) == 2, 8, "both watch")
    wait_until(lambda: len(readers(media_mtx, signed)) == 1, 8 + SECONDS_TO_GO, "one is gone")
    wait_until(lambda: not player.running(), SECONDS_TO_GO, "the player ended")
    assert other.running()


@pytest.mark.parametrize("way", WAYS)
def test_one_viewer_is_removed_and_others_stay(api, media_mtx, stack, signed, play, way):
    minted, addresses = mint(api, signed)
    player = play(addresses[way])
    viewer = watching(api, media_mtx, signed, player)
    answer = api.call("DELETE", f"/viewers/{viewer['id']}")
    assert answer["removed"] is True, answer
    wait_until(lambda: not player.running(), SECONDS_TO_GO, "the player ended")
    assert codecs_at(addresses[way]) == ["h264,320,180"], "its token stays valid"
    assert minted["token"] not in stack.command_line("viewer", "list", "--all", "--json")


def test_viewers_without_a_token_go_when_the_path_becomes_signed(api, media_mtx, publish, play):
    key = api.create_key()
    publish(key["publish"]["rtsp"])
    wait_until(lambda: api.live_of(key), 10, "live")
    players = [play(key["playback"][way]) for way in WAYS]
    wait_until(lambda: len(readers(media_mtx, key)) == 3, 10, "all watch")
    api.call("PATCH", f"/stream-keys/{key['id']}", {"playback_policy": "signed"})
    wait_until(lambda: not readers(media_mtx, key), SECONDS_TO_GO, "gone")
    wait_until(lambda: not any(player.running() for player in players), SECONDS_TO_GO, "ended")


def test_a_viewer_stays_when_the_server_is_killed_and_goes_with_its_token(api, stack, media_mtx, signed, play):
    minted, addresses = mint(api, signed)
    player = play(addresses["rtsp"])
    watching(api, media_mtx, signed, player)
    wait_until(lambda: viewers(api, signed), 5, "stored")
    stack.server.program.kill()
    stack.server.start()
    stack.server.wait_until_ready()
    always(player.running, 6, "the player was removed")
    revoke(stack.server.api(), minted)
    wait_until(lambda: not player.running(), SECONDS_TO_GO, "the player ended")


def test_a_browser_watches_by_whep_until_its_token_is_revoked(api, media_mtx, signed, browser):
    minted, _ = mint(api, signed, short=False)
    page = WHEP_PAGE.replace("WHEP", json.dumps(signed["playback"]["webrtc"]), 1).replace(
        "HEADERS", json.dumps({"Authorization": "Bearer " + minted["token"]}), 1)
    told = browser(page)
    wait_until(lambda: "connected" in told, 30, f"connected: {told}")
    assert [viewer["protocol"] for viewer in viewers(api, signed)] == ["webrtc"]
    revoke(api, minted)
    wait_until(lambda: not readers(media_mtx, signed), SECONDS_TO_GO, "gone from MediaMTX")


def test_a_browser_without_a_token_is_refused(api, media_mtx, signed, browser):
    told = browser(WHEP_PAGE.replace("WHEP", json.dumps(signed["playback"]["webrtc"]), 1).replace(
        "HEADERS", "{}", 1))
    wait_until(lambda: told, 30, "answered")
    assert told == ["status 401" if media_mtx.version() >= (1, 17, 0) else "status 400"]
    assert reasons(api, signed) == {"token_required"}


def test_hls_asks_for_the_token_once_and_a_session_ends_with_its_player(api, media_mtx, signed):
    minted, addresses = mint(api, signed)
    session = requests.Session()

    def playlist(address, client=session):
        return client.get(address, timeout=15).status_code

    assert playlist(signed["playback"]["hls"], requests) == 401
    assert wait_until(lambda: playlist(addresses["hls"]) == 200, 15, "the playlist is there")
    has_sessions = media_mtx.version() >= (1, 18, 0)
    if has_sessions:
        wait_until(lambda: viewers(api, signed), 5, "listed")
    revoke(api, minted)
    assert playlist(addresses["hls"], requests) == 401, "a new session is refused"
    if not has_sessions:
        assert playlist(addresses["hls"]) == 401, "each request is asked about"
    always(lambda: media_mtx.ready(signed["playback_path"]), 5, "MediaMTX answers, and the stream stays")


def test_the_relay_of_a_device_obeys_the_policy_of_the_public_path(api, publish):
    key = api.create_key(playback_policy="signed")
    publish(key["publish"]["rtmp_path_only"])
    stream = wait_until(lambda: api.live_of(key), 10, "listed")
    with pytest.raises(AssertionError, match="cannot be played"):
        codecs_at(stream["urls"]["rtsp"])
    _, addresses = mint(api, key)
    assert codecs_at(addresses["rtsp"]) == ["h264,320,180"]
    assert "jwt" not in json.dumps(api.live_of(key)), "the addresses of lists have no token"


def test_a_token_is_used_by_so_many_at_once_as_it_says(api, media_mtx, signed, play):
    _, addresses = mint(api, signed, max_sessions=1)
    player = play(addresses["srt"])
    watching(api, media_mtx, signed, player)
    with pytest.raises(AssertionError, match="cannot be played"):
        codecs_at(addresses["rtmp"])
    assert reasons(api, signed) == {"token_in_use"}
    player.kill()
    wait_until(lambda: not viewers(api, signed), 20, "not listed")
    assert codecs_at(addresses["rtmp"]) == ["h264,320,180"]


def test_rtsp_players_use_a_token_as_often_at_once_as_it_says(api, media_mtx, signed, play):
    """An RTSP player is asked about twice, and that must neither count twice nor let others in."""
    _, addresses = mint(api, signed, max_sessions=2)
    players = [play(addresses["rtsp"]) for _ in range(12)]

    def running():
        return sum(player.running() for player in players)

    wait_until(lambda: running() == 2, 20, "the others were refused")
    wait_until(lambda: len(readers(media_mtx, signed)) == 2, 5, "two watch")
    always(lambda: running() == 2 and len(readers(media_mtx, signed)) == 2, 5, "two watch on")
    # A question without a partner is listed until MediaMTX has shown that it is no reader.
    wait_until(lambda: len(viewers(api, signed)) == 2, 10, "each is listed once")
    with pytest.raises(AssertionError, match="cannot be played"):
        codecs_at(addresses["rtmp"])
