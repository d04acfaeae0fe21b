"""A MediaMTX with a configuration of its owner's moves to RescueStream by `mediamtx config --merge`: pulled
cameras, their viewers and the owner's hooks go on, and publishers need keys."""

import subprocess

import pytest

import media
from stack import PORTS, MediaMtx, Server, binaries, control_credential
from support import clean_environment, free_port, wait_until

CAMERA = """
rtspAddress: 127.0.0.1:{rtsp}
rtspTransports: [tcp]
rtmp: no
hls: no
webrtc: no
srt: no
api: yes
apiAddress: 127.0.0.1:{api}
paths:
  all_others:
"""

OWNER = """# The harbour: one camera, one drone.
authInternalUsers:
  - user: drone1
    pass: the-old-password   # since May
    permissions:
      - action: publish
        path: live/drone1
  - user: any
    permissions:
      - action: read
      - action: api
api: yes
apiAddress: 127.0.0.1:{api}
rtspAddress: 127.0.0.1:{rtsp}
rtspTransports: [tcp]
rtmpAddress: 127.0.0.1:{rtmp}
hlsAddress: 127.0.0.1:{hls}
webrtcAddress: 127.0.0.1:{webrtc}
webrtcLocalUDPAddress: 127.0.0.1:{webrtc_udp}
srtAddress: 127.0.0.1:{srt}
pathDefaults:
  # Tells the office.
  runOnReady: touch {directory}/hook-ran-for-$MTX_PATH
  overridePublisher: no
paths:
  pier:
    source: rtsp://127.0.0.1:{camera}/camera
    rtspTransport: tcp
  live/drone1:
  # live/drone2:
"""


def write(file, text, ports, **more):
    numbers = {name.replace("-", "_"): port for name, port in ports.items()}
    file.write_text(text.format(**numbers, **more))
    return file


@pytest.fixture
def camera(programs, clip, tmp_path):
    """An RTSP server with a picture, as a camera is; returns its port."""
    directory = tmp_path / "camera"
    directory.mkdir()
    ports = {name: free_port() for name in PORTS}
    camera = MediaMtx(binaries()[2], write(directory / "camera.yml", CAMERA, ports), ports, directory)
    encoder = media.publish(clip, f"rtsp://127.0.0.1:{ports['rtsp']}/camera", directory)
    wait_until(lambda: camera.ready("camera"), 10, encoder.output())
    yield ports["rtsp"]
    encoder.stop()
    camera.program.stop()


@pytest.fixture
def owner(camera, tmp_path):
    """The owner's MediaMTX before the move, and the server beside it."""
    server_program, _, media_mtx_program = binaries()
    ports = {name: free_port() for name in PORTS}
    file = write(tmp_path / "mediamtx.yml", OWNER, ports, camera=camera, directory=tmp_path)
    media_mtx = MediaMtx(media_mtx_program, file, ports, tmp_path)
    server = Server(server_program, ports, tmp_path)
    server.wait_until_ready()
    yield server, media_mtx, ports, file
    media_mtx.program.stop()
    server.program.stop()


def command(server, *words):
    environment = clean_environment() | {"DATA_DIR": str(server.directory), "API_SECRET": server.secret}
    return subprocess.run([binaries()[1], *map(str, words)], check=False, text=True, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_an_owners_media_mtx_moves_without_a_loss(owner, publish, tmp_path):
    server, media_mtx, ports, file = owner
    server.directory = tmp_path
    rtsp = f"127.0.0.1:{ports['rtsp']}"
    pier = f"rtsp://{rtsp}/pier"
    wait_until(lambda: media_mtx.ready("pier"), 10, media_mtx.program.output())
    assert media.codecs_at(pier) == ["h264,320,180"]
    publish(f"rtsp://drone1:the-old-password@{rtsp}/live/drone1")
    wait_until(lambda: media_mtx.ready("live/drone1"), 10, "the drone publishes with its password")

    api = server.api()
    key = api.create_key(playback_path="live/drone1")
    before = file.read_text()
    url = ["--server-url", server.origin]
    checked = command(server, "mediamtx", "check", file, *url)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert "the-old-password" not in checked.stdout
    hook = tmp_path / "hook-ran-for-pier"
    hook.unlink()
    merged = command(server, "mediamtx", "config", "--merge", file, "--output", file, *url)
    assert merged.returncode == 0, merged.stderr
    assert file.with_name("mediamtx.yml.before-rescuestream").read_text() == before
    for line in before.splitlines():
        assert line in file.read_text() or "overridePublisher" in line, f"lost: {line}"
    assert command(server, "mediamtx", "check", file, *url).returncode == 0

    media_mtx.credential = lambda: control_credential(tmp_path)
    wait_until(hook.exists, 15, f"the owner's hook runs\n{media_mtx.program.output()}")
    wait_until(lambda: media_mtx.ready("pier"), 10, "the camera is pulled again")
    assert media.codecs_at(pier) == ["h264,320,180"]
    refused = publish(f"rtsp://drone1:the-old-password@{rtsp}/live/drone1")
    wait_until(lambda: not refused.running(), 15, "the old password is refused")
    encoder = publish(f"rtsp://drone1:{key['key_value']}@{rtsp}/live/drone1")
    stream = wait_until(lambda: api.live_of(key), 10, encoder.output())
    assert media.codecs_at(stream["urls"]["rtsp"]) == ["h264,320,180"]
    # The pulled camera is nobody's stream, and stays.
    assert [entry["path"] for entry in api.live()] == ["live/drone1"]
    assert media_mtx.ready("pier")
    assert media_mtx.program.running()
