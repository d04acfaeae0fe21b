"""The server is started beside a MediaMTX that runs already and asks another server: no publisher is removed. After
MediaMTX asks us, a publisher that we did not accept is removed. When its owner goes back, none is removed again."""

import subprocess

import pytest
import requests

from stack import PORTS, MediaMtx, Server, binaries
from support import always, clean_environment, free_port, wait_until

CONFIG = """
logLevel: info
api: yes
apiAddress: 127.0.0.1:{api}
{auth}
rtmp: yes
rtmpAddress: 127.0.0.1:{rtmp}
rtsp: yes
rtspAddress: 127.0.0.1:{rtsp}
rtspTransports: [tcp]
srt: yes
srtAddress: 127.0.0.1:{srt}
webrtc: no
hls: no
paths:
  all_others:
"""
ASK_NOBODY = "authMethod: internal"
ASK_US = """authMethod: http
authHTTPAddress: {server}/auth
authHTTPExclude:
- action: api
- action: metrics
- action: pprof"""


@pytest.fixture
def beside(programs, tmp_path, publish):
    """(server, mediamtx, ports, ask, publishers): `ask(True)` lets MediaMTX ask us from now on; `also` is added to
    that part of its configuration."""
    ports = {name: free_port() for name in PORTS}
    program, _, binary = binaries()
    file = tmp_path / "mediamtx.yml"
    origin = f"http://127.0.0.1:{ports['http']}"

    def ask(us, also=""):
        auth = (ASK_US.format(server=origin) if us else ASK_NOBODY) + also
        file.write_text(CONFIG.format(auth=auth, **ports))

    ask(False)
    media_mtx = MediaMtx(binary, file, ports, tmp_path)
    publishers = {"somebodys/camera": f"rtsp://127.0.0.1:{ports['rtsp']}/somebodys/camera",
                  "live/srt": f"srt://127.0.0.1:{ports['srt']}?streamid=publish:live/srt",
                  "live/rtmp": f"rtmp://127.0.0.1:{ports['rtmp']}/live/rtmp"}
    for address in publishers.values():
        publish(address)
    for path in publishers:
        wait_until(lambda path=path: media_mtx.ready(path), 15, f"{path} is ready")
    server = Server(program, ports, tmp_path)
    server.wait_until_ready()
    yield server, media_mtx, ports, ask, publishers
    media_mtx.program.stop()
    server.program.stop()


def node(server):
    return server.api().call("GET", "/nodes/default")


def shown(server):
    """Returns what the command line prints for a node when it uses the server."""
    _, command_line, _ = binaries()
    run = subprocess.run([command_line, "--server", server.origin, "node", "show", "default"], check=False,
                         text=True, env=clean_environment() | {"API_SECRET": server.secret},
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.returncode == 0, run.stderr
    return run.stdout


def asks_nobody(media_mtx):
    # A change of its authentication while hooks start may end it.
    if not media_mtx.program.running():
        media_mtx.start()
    try:
        return media_mtx.call("GET", "/v3/config/global/get").json()["authMethod"] == "internal"
    except requests.ConnectionError:
        return False


def removals(server):
    return server.api().call("GET", "/audit-logs?action=remove&limit=100")["audit_logs"]


def sources(media_mtx):
    return {name: item["source"]["id"] for name, item in media_mtx.paths().items() if item["source"]}


def test_no_publisher_is_removed_until_media_mtx_asks_us(beside, publish_stubbornly):
    server, media_mtx, ports, ask, publishers = beside
    api = server.api()
    before = sources(media_mtx)
    assert set(before) == set(publishers)
    wait_until(lambda: len(node(server)["unknown_publishers"]) == 3, 10, "listed")
    always(lambda: sources(media_mtx) == before, 6, "a publisher was removed")

    told = node(server)
    assert (told["health"], told["enforcement"]) == ("not_asking", "watching")
    assert {item["path"] for item in told["unknown_publishers"]} == set(publishers)
    assert {item["address"] for item in told["unknown_publishers"]} == {"127.0.0.1"}
    text = shown(server)
    assert "not asking" in text and "rescuestream-cli mediamtx config" in text, text
    assert all(path in text for path in publishers), text
    watched = api.call("GET", "/audit-logs?action=watch&limit=100")["audit_logs"]
    assert {entry["metadata"]["path"] for entry in watched} == set(publishers)
    assert not removals(server)

    # Now it asks us. (A change of its authentication disconnects all clients and may end it, so it is restarted.)
    media_mtx.program.stop()
    ask(True)
    media_mtx.start()
    key = api.create_key()
    publish_stubbornly(f"srt://127.0.0.1:{ports['srt']}?streamid=publish:{key['playback_path']}:x:{key['key_value']}")
    wait_until(lambda: api.live_of(key), 20, "live")
    wait_until(lambda: node(server)["enforcement"] == "enforcing", 5, "enforced")
    assert node(server)["health"] == "up"
    assert node(server)["asked_at"]

    # MediaMTX exempts a path from authentication: a publisher there, which nobody accepted, is removed.
    media_mtx.program.stop()
    ask(True, also="\n- action: publish\n  path: somebodys/camera")
    media_mtx.start()
    publish_stubbornly(publishers["somebodys/camera"])
    entry = wait_until(lambda: [each for each in removals(server)
                                if each["metadata"]["path"] == "somebodys/camera"], 20, "removed")[0]
    assert entry["actor"] == "rescuestream"
    assert entry["metadata"]["protocol"] == "rtsp"
    assert entry["metadata"]["address"] == "127.0.0.1"
    assert entry["metadata"]["setting"] == "UNKNOWN_PUBLISHER=kick"


@pytest.mark.parametrize("restarts", [False, True], ids=["reloaded", "restarted"])
def test_the_publishers_of_before_stay_when_the_owner_goes_back(beside, publish_stubbornly, restarts):
    server, media_mtx, ports, ask, publishers = beside
    api = server.api()
    media_mtx.program.stop()
    ask(True)
    media_mtx.start()
    key = api.create_key()
    publish_stubbornly(f"srt://127.0.0.1:{ports['srt']}?streamid=publish:{key['playback_path']}:x:{key['key_value']}")
    wait_until(lambda: node(server)["enforcement"] == "enforcing", 20, "enforced")

    # The owner puts the file of before back, and his encoders come back with it.
    if restarts:
        media_mtx.program.stop()
    ask(False)
    if restarts:
        media_mtx.start()
    wait_until(lambda: asks_nobody(media_mtx), 20, "MediaMTX uses the file")
    publish_stubbornly(publishers["live/srt"])
    publish_stubbornly(publishers["live/rtmp"])
    wait_until(lambda: node(server)["enforcement"] == "watching", 20, "only watched")
    wanted = {"live/srt", "live/rtmp"}
    wait_until(lambda: wanted <= set(sources(media_mtx)), 20, "back")
    before = {path: sources(media_mtx)[path] for path in wanted}
    always(lambda: before.items() <= sources(media_mtx).items(), 6, "a publisher was removed")
    assert not removals(server)
    told = node(server)
    assert told["health"] == "not_asking"
    assert "authMethod: internal" in told["reason"]
    assert "authMethod: internal" in shown(server)
    entries = api.call("GET", "/audit-logs?action=watch&resource_type=node&limit=100")["audit_logs"]
    assert [entry["metadata"]["reason"] for entry in entries] == ["authMethod: internal"]


def test_an_administrator_can_have_unknown_publishers_removed(beside):
    server, media_mtx, _, _, publishers = beside
    api = server.api()
    key = api.create_key()
    # A request that does not come from MediaMTX does not start enforcement.
    question = {"action": "publish", "path": key["playback_path"], "password": key["key_value"], "protocol": "rtmp",
                "id": "11111111-2222-4333-8444-555555555555", "ip": "127.0.0.1", "user": "", "query": ""}
    assert requests.post(server.origin + "/auth", json=question, timeout=5).status_code == 200
    before = sources(media_mtx)
    always(lambda: sources(media_mtx) == before, 4, "a publisher was removed")
    answer = api.call("POST", "/nodes/default/enforce")
    assert answer["enforcement"] == "enforcing"
    wait_until(lambda: not set(sources(media_mtx).values()) & set(before.values()), 5, "all are gone")
    wait_until(lambda: {entry["metadata"]["path"] for entry in removals(server)} == set(publishers), 5, "recorded")
