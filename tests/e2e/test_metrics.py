"""What a scrape says is what MediaMTX says, and what happened."""

import re
import shutil
import subprocess

import pytest

import media
from support import wait_until

SERIES = re.compile(r'^(\w+)(?:\{(.*)\})? (\S+)$')


def scrape(server):
    """Returns {(name, labels): value}; labels are a frozenset of (name, value)."""
    values = {}
    for line in server.metrics().splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = SERIES.match(line).groups()
        pairs = frozenset(re.findall(r'(\w+)="([^"]*)"', labels or ""))
        assert (name, pairs) not in values, f"{name} {pairs} is there twice"
        values[name, pairs] = float(value)
    return values


def value(server, name, **labels):
    return scrape(server).get(("rescuestream_" + name, frozenset(labels.items())))


def test_streams_readers_and_bytes_are_those_of_mediamtx(stack, api, media_mtx, publish, tmp_path):
    key = api.create_key()
    path = key["playback_path"]
    server = stack.server

    def live():
        return value(server, "streams", node="default", status="live") or 0

    def bytes_here():
        return value(server, "inbound_bytes_total", node="default")

    wait_until(lambda: not api.live() and live() == 0, 30, "no stream of an earlier test")
    starts = value(server, "stream_starts_total", node="default")
    bytes_before = bytes_here()
    publish(key["publish"]["rtsp"])
    wait_until(lambda: live() == 1, 10, "one more live stream")
    assert value(server, "stream_starts_total", node="default") == starts + 1
    assert value(server, "stream_live", path=path) == 1

    viewer = media.Program(
        ["ffmpeg", "-loglevel", "error", "-rtsp_transport", "tcp", "-i",
         f"rtsp://127.0.0.1:{stack.ports['rtsp']}/{path}", "-f", "null", "-"], tmp_path / "viewer.log")
    try:
        wait_until(lambda: value(server, "stream_readers", path=path) == 1, 10, "one reader of the stream")
        readers = [reader for item in media_mtx.paths().values() for reader in item["readers"]]
        shown = [count for (name, _), count in scrape(server).items() if name == "rescuestream_readers"]
        assert sum(shown) == len(readers) == 1
        assert value(server, "readers", node="default", protocol="rtsp") == 1
    finally:
        viewer.stop()
    wait_until(lambda: value(server, "stream_readers", path=path) == 0, 10, "the reader is gone")

    # Nobody else publishes, so between two looks at MediaMTX the counter is between them, too.
    others = {name: item["bytesReceived"] for name, item in media_mtx.paths().items() if name != path}
    wait_until(lambda: bytes_here() - bytes_before > 100_000, 15, "bytes are counted")
    low = media_mtx.paths()[path]["bytesReceived"]
    wait_until(lambda: bytes_here() - bytes_before >= low, 5, "what MediaMTX had received is counted")
    counted = bytes_here() - bytes_before
    now = {name: item["bytesReceived"] for name, item in media_mtx.paths().items()}
    grown = sum(count - others.get(name, 0) for name, count in now.items() if name != path)
    assert counted <= now[path] + grown
    rate = value(server, "stream_inbound_bytes_per_second", path=path)
    figures = api.stream(api.live_of(key)["id"])["figures"]
    assert rate > 0 and figures["bitrate"] > 0

    ended = value(server, "stream_ends_total", node="default", reason="key_revoked")
    ordered = value(server, "cutoffs_ordered_total", cause="key_revoked")
    verified = value(server, "cutoffs_verified_total")
    for _ in range(2):
        api.call("POST", f"/stream-keys/{key['id']}/revoke")
    assert value(server, "stream_ends_total", node="default", reason="key_revoked") == ended + 1
    assert value(server, "cutoffs_ordered_total", cause="key_revoked") == ordered + 1
    assert value(server, "cutoffs_verified_total") == verified + 1
    wait_until(lambda: live() == 0, 10, "the stream is gone")
    wait_until(lambda: value(server, "stream_live", path=path) is None, 5, "its series are gone")


def test_a_scrape_is_clean(stack, api, publish):
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed (Debian: prometheus)")
    key = api.create_key()
    publish(key["publish"]["rtsp"])
    wait_until(lambda: api.live_of(key), 10, "listed")
    text = stack.server.metrics()
    assert "sk_" not in text
    check = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, check=False,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    assert check.returncode == 0, check.stdout
    assert not check.stdout.strip(), check.stdout


def test_a_media_server_that_is_down_is_seen(stack, media_mtx):
    server = stack.server
    restarts = value(server, "node_restarts_total", node="default")
    media_mtx.program.kill()
    wait_until(lambda: value(server, "node_state", node="default", state="unreachable") == 1, 10, "unreachable")
    assert value(server, "node_state", node="default", state="up") == 0
    assert value(server, "streams", node="default", status="live") is None
    wait_until(lambda: value(server, "node_poll_age_seconds", node="default") > 1, 10, "the age grows")
    failed = {kind: value(server, "node_errors_total", node="default", kind=kind)
              for kind in ("unavailable", "timeout", "unauthorized", "internal")}
    assert sum(failed.values()) > 0
    media_mtx.start()
    wait_until(lambda: value(server, "node_state", node="default", state="up") == 1, 15, "up again")
    assert value(server, "node_restarts_total", node="default") == restarts + 1
    wait_until(lambda: value(server, "streams", node="default", status="live") is not None, 5, "gauges are back")
