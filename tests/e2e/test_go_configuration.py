"""The Go service's MediaMTX configuration works with our server as it is: hooks by curl, with shell
quotes, only the path when a stream ends; no requests for reads; HLS and SRT switched off."""

import shutil

import pytest

import media
from stack import PORTS, MediaMtx, Server, binaries
from support import free_port, wait_until

CONFIG = """
logLevel: info
api: yes
apiAddress: :{api}
authMethod: http
authHTTPAddress: {server}/auth
authHTTPExclude:
  - action: read
  - action: playback
  - action: api
  - action: metrics
  - action: pprof
rtmp: yes
rtmpAddress: :{rtmp}
rtmpEncryption: "no"
webrtc: yes
webrtcAddress: :{webrtc}
webrtcLocalUDPAddress: :{webrtc_udp}
hls: no
srt: no
rtsp: yes
rtspAddress: :{rtsp}
rtpAddress: :{rtp}
rtcpAddress: :{rtcp}
pathDefaults:
  source: publisher
  record: no
  runOnReady: >-
    curl -sf -X POST {server}/webhook/ready
    -H 'Content-Type: application/json'
    -d '{{"path":"$MTX_PATH","source_type":"$MTX_SOURCE_TYPE","source_id":"$MTX_SOURCE_ID"}}'
  runOnNotReady: >-
    curl -sf -X POST {server}/webhook/not-ready
    -H 'Content-Type: application/json'
    -d '{{"path":"$MTX_PATH"}}'
paths:
  all_others:
"""


@pytest.fixture(scope="module")
def go_stack(programs, tmp_path_factory):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    directory = tmp_path_factory.mktemp("go")
    ports = {name: free_port() for name in PORTS}
    program, _, binary = binaries()
    server = Server(program, ports, directory)
    file = directory / "mediamtx.yml"
    numbers = {name.replace("-", "_"): port for name, port in ports.items()}
    file.write_text(CONFIG.format(server=server.origin, rtcp=ports["rtp"] + 1, **numbers))
    # Old releases forbid MoQ's key; the empty `all_others:` is the file's own way to write it.
    media_mtx = MediaMtx(binary, file, ports, directory)
    server.wait_until_ready()
    yield server, media_mtx, ports
    media_mtx.program.stop()
    server.program.stop()


def test_the_hooks_of_the_go_service_start_and_end_a_stream(go_stack, publish):
    server, media_mtx, ports = go_stack
    api = server.api(signed=True)
    seen = set()
    for _ in range(3):
        key = api.create_key()
        value = key["key_value"]
        encoder = publish(f"rtmp://127.0.0.1:{ports['rtmp']}/{value}")
        wait_until(lambda: media_mtx.ready(value), 10, encoder.output())
        stream = wait_until(lambda: api.live_of(key), 1, "listed")
        seen.add(stream["observed_by"])
        assert media.codecs_at(stream["urls"]["rtsp"]) == ["h264,320,180"]
        encoder.stop()
        wait_until(lambda: not api.live_of(key), 2, "left the list")
    assert "hook" in seen


def test_a_late_hook_for_the_end_of_the_first_encoder_does_not_end_the_second(go_stack, publish):
    server, media_mtx, ports = go_stack
    api = server.api()
    key = api.create_key(on_duplicate="takeover")
    address = f"rtsp://x:{key['key_value']}@127.0.0.1:{ports['rtsp']}/{key['playback_path']}"
    publish(address)
    first = wait_until(lambda: api.live_of(key), 5, "listed")
    publish(address)

    def second():
        now = api.live_of(key)
        return now and now["source_id"] != first["source_id"] and now

    wait_until(second, 5, "taken over")
    source = media_mtx.paths()[key["playback_path"]]["source"]["id"]
    # The hook for the first one's end carries only the path, and may arrive last.
    wait_until(lambda: [entry for entry in (api.live_of(key),)
                        if entry and entry["source_id"] == source], 1, "the second one is live")
    server_says = api.stream(first["id"])
    assert server_says["status"] == "active"
    assert server_says["id"] == first["id"]
