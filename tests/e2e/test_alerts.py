"""A real Prometheus scrapes a running server: the alerts fire when an encoder or MediaMTX is killed, and every metric
and label of the Grafana board and of the alerts is there."""

import pathlib
import secrets
import subprocess
import sys

import pytest
import requests

import prometheus
from media import codecs_at
from stack import Stack, binaries
from support import Program, clean_environment, free_port, wait_until

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "observability"))
import queries  # noqa: E402


class Watched:
    """The stack, and a Prometheus that scrapes its server."""

    def __init__(self, directory):
        metrics = f"127.0.0.1:{free_port()}"
        self.stack = Stack(directory, METRICS_PORT=metrics.partition(":")[2], METRICS_PER_STREAM="true")
        self.metrics = f"http://{metrics}/metrics"
        self.api = self.stack.server.api()
        self.prometheus = prometheus.Prometheus(queries.EXAMPLES, [metrics], directory)

    def fires(self, name, seconds=30):
        return wait_until(lambda: self.prometheus.firing(name), seconds, f"{name} fires")

    def stop(self):
        self.prometheus.stop()
        self.stack.stop()


@pytest.fixture(scope="module")
def watched(programs, tmp_path_factory):
    if not prometheus.is_installed():
        pytest.skip("Prometheus is not installed")
    watched = Watched(tmp_path_factory.mktemp("watched"))
    yield watched
    watched.stop()


def test_an_alert_fires_when_an_encoder_is_killed_and_ends_when_it_is_back(watched, publish):
    key = watched.api.create_key(playback_path="live/alarm")
    encoder = publish(key["publish"]["rtmp"])
    live = 'max(rescuestream_streams{node="default",status="live"})'
    wait_until(lambda: watched.prometheus.value(live) == 1, 20, "Prometheus knows the live stream")
    assert not watched.prometheus.firing("RescueStreamStreamDropped")

    encoder.kill()
    alert = watched.fires("RescueStreamStreamDropped")[0]
    assert alert["labels"]["node"] == "default"
    assert "live/alarm" in alert["annotations"]["description"]
    assert key["key_value"] not in str(alert)

    publish(key["publish"]["rtmp"])
    wait_until(lambda: not watched.prometheus.firing("RescueStreamStreamDropped"), 30, "the alert has ended")
    assert watched.prometheus.value(live) == 1


def test_an_alert_fires_when_mediamtx_is_killed_and_ends_when_it_is_back(watched):
    watched.stack.media_mtx.program.kill()
    alert = watched.fires("RescueStreamNodeUnreachable")[0]
    assert alert["labels"]["node"] == "default"
    watched.stack.revive()
    wait_until(lambda: not watched.prometheus.firing("RescueStreamNodeUnreachable"), 30, "the alert has ended")


def test_an_alert_fires_while_a_cut_off_waits_for_a_mediamtx_that_is_down(watched, publish):
    key = watched.api.create_key()
    publish(key["publish"]["rtsp"])
    wait_until(lambda: watched.api.live_of(key), 10, "listed")
    watched.stack.media_mtx.program.kill()
    watched.api.call("POST", f"/stream-keys/{key['id']}/revoke")
    watched.fires("RescueStreamCutoffPending")
    watched.stack.revive()
    wait_until(lambda: not watched.prometheus.firing("RescueStreamCutoffPending"), 30, "the alert has ended")


def server_with_tls_and_traces(directory):
    """A second server, for the metrics that need TLS or traces: returns (program, address of its metrics)."""
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost",
                    "-keyout", key, "-out", certificate], check=True, stdin=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    port = free_port()
    program = Program([binaries()[0]], directory / "tls.log", clean_environment() | {
        "API_HOST": "127.0.0.1", "API_PORT": str(free_port()), "API_SECRET": secrets.token_urlsafe(24),
        "DATABASE_URL": "memory:", "DATA_DIR": str(directory), "METRICS_PORT": str(port),
        # Nothing listens at the collector's port.
        "TRACING_ENABLED": "true", "TRACING_SAMPLERATE": "1", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1",
        "MEDIAMTX_API_URL": "memory:", "TLS_CERTIFICATE": str(certificate), "TLS_KEY": str(key)})
    return program, f"http://127.0.0.1:{port}/metrics"


def test_every_metric_and_label_of_the_board_and_the_alerts_exists(watched, publish, tmp_path):
    api = watched.api
    # Each of these makes something count that has no figure before it happens.
    key = api.create_key(on_duplicate="takeover", playback_path="live/board")
    publish(key["publish"]["rtsp"])
    wait_until(lambda: api.live_of(key), 10, "listed")
    first = api.live_of(key)["source_id"]
    publish(key["publish"]["rtsp"])
    wait_until(lambda: (api.live_of(key) or {}).get("source_id", first) != first, 15, "taken over")
    codecs_at(api.live_of(key)["urls"]["hls"])
    refused = publish(key["publish"]["rtsp"].replace("sk_", "sk_x"))
    wait_until(lambda: not refused.running(), 15, "refused")
    ended = api.create_key()
    publish(ended["publish"]["rtsp"])
    wait_until(lambda: api.live_of(ended), 10, "listed")
    api.call("POST", f"/stream-keys/{ended['id']}/revoke")

    program, other = server_with_tls_and_traces(tmp_path)
    try:
        def scrape(address):
            return requests.get(address, timeout=10).text

        def missing():
            samples = queries.samples_in(scrape(watched.metrics) + scrape(other))
            expressions = queries.board_expressions() + queries.alert_expressions()
            return {f"{where}: {problem}" for where, expression in expressions
                    for problem in queries.missing_in(samples, expression)}

        def answers():
            assert program.running(), program.output()
            try:
                return "rescuestream_build_info" in scrape(other)
            except requests.ConnectionError:
                return False

        wait_until(answers, 15, "the second server serves metrics")
        try:
            wait_until(lambda: not missing(), 15, "every metric is there")
        except AssertionError:
            assert not missing()
            raise
    finally:
        program.stop()
