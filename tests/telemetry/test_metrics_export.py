"""The metrics that a real OpenTelemetry Collector receives are those of a scrape."""

import json
import re
import shutil

import pytest

import media
from collector import attributes_of
from stack import Stack, binaries
from support import wait_until

KINDS = {"gauge": "gauge", "sum": "counter", "histogram": "histogram"}
CUMULATIVE = 2


@pytest.fixture(params=["http/json", "http/protobuf"])
def stack(request, collector, tmp_path):
    _, _, media_mtx = binaries()
    if not shutil.which(media_mtx):
        pytest.skip("no MediaMTX (set MEDIAMTX_BIN or PATH)")
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    stack = Stack(tmp_path, OTEL_METRICS_EXPORTER="otlp", OTEL_METRIC_EXPORT_INTERVAL="300",
                  OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint, OTEL_SERVICE_NAME="rescue-test",
                  OTEL_EXPORTER_OTLP_PROTOCOL=request.param)
    yield stack
    if stack.server.program.running():
        stack.server.program.stop()
    stack.media_mtx.program.stop()


def collections(collector):
    """Returns for each request {name: (kind, metric)}."""
    found = []
    for line in collector.text().splitlines():
        try:
            received = json.loads(line)
        except ValueError:
            continue  # it is being written
        for of_resource in received.get("resourceMetrics", []):
            assert attributes_of(of_resource["resource"])["service.name"] == "rescue-test"
            (scope,) = of_resource["scopeMetrics"]
            assert scope["scope"]["name"] == "rescuestream"
            metrics = {}
            for metric in scope["metrics"]:
                (kind,) = set(metric) & set(KINDS)
                assert metric["name"] not in metrics
                metrics[metric["name"]] = (kind, metric)
            found.append(metrics)
    return found


def points(metrics, name):
    kind, metric = metrics[name]
    return {frozenset(attributes_of(point).items()): point for point in metric[kind]["dataPoints"]}


def number(metrics, name, **labels):
    point = points(metrics, name).get(frozenset(labels.items()))
    return None if point is None else point["asDouble"]


def test_metrics_of_an_installation(stack, collector, tmp_path):
    api = stack.server.api()
    key = api.create_key()
    clip = tmp_path / "picture.mp4"
    media.make_clip(clip)
    encoder = media.publish(clip, key["publish"]["rtsp"], tmp_path)
    path = key["playback_path"]

    def sees_stream():
        received = collections(collector)
        return received and number(received[-1], "rescuestream_streams", node="default", status="live") == 1

    wait_until(sees_stream, 30, "the collector knows of the live stream")
    assert number(collections(collector)[-1], "rescuestream_stream_live", path=path) == 1
    api.call("POST", f"/stream-keys/{key['id']}/revoke")
    encoder.stop()
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", stack.server.metrics(), re.MULTILINE))
    assert stack.server.program.stop() == 0
    collector.stop()

    # The last request is made when the server stops.
    last = collections(collector)[-1]
    assert number(last, "rescuestream_stream_ends_total", node="default", reason="key_revoked") == 1
    assert number(last, "rescuestream_cutoffs_ordered_total", cause="key_revoked") == 1
    assert number(last, "rescuestream_cutoffs_verified_total") == 1
    kinds = {name: KINDS[kind] for name, (kind, _) in last.items()}
    assert set(types) <= set(kinds)
    assert {name: kinds[name] for name in types} == types
    for name, (kind, metric) in last.items():
        if kind != "gauge":
            assert metric[kind]["aggregationTemporality"] == CUMULATIVE, name
        assert kind != "sum" or metric[kind]["isMonotonic"], name
        for point in metric[kind]["dataPoints"]:
            assert kind == "gauge" or 0 < int(point["startTimeUnixNano"]) <= int(point["timeUnixNano"])
            if kind == "histogram":
                counts = [int(count) for count in point["bucketCounts"]]
                assert sum(counts) == int(point.get("count", 0))
                assert len(counts) == len(point["explicitBounds"]) + 1
    assert last["rescuestream_storage_step_seconds"][1]["unit"] == "s"
    assert "sk_" not in collector.text()
    for secret in (key["key_value"], stack.server.secret):
        assert secret not in collector.text()
