"""What a real OpenTelemetry Collector receives from a server with a real MediaMTX."""

import concurrent.futures
import json
import os
import re
import secrets
import shutil

import pytest
import requests

import media
from stack import Stack, binaries, control_credential
from support import wait_until

SERVER, CLIENT, INTERNAL = 2, 3, 1
HIDDEN = "hidden-credential-of-the-collector"
CALLER_SPAN = "00f067aa0ba902b7"


def new_trace():
    return secrets.token_hex(16)


def trace_parent(trace, sampled=True):
    return {"traceparent": f"00-{trace}-{CALLER_SPAN}-{'01' if sampled else '00'}",
            "tracestate": "rescue=1"}


@pytest.fixture(params=["http/json", "http/protobuf"])
def protocol(request):
    return request.param


@pytest.fixture
def stack(collector, protocol, tmp_path):
    _, _, media_mtx = binaries()
    if not shutil.which(media_mtx):
        pytest.skip("no MediaMTX (set MEDIAMTX_BIN or PATH)")
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    settings = {
        "TRACING_ENABLED": "true", "TRACING_SAMPLERATE": "1", "TRACING_SERVICE": "rescue-test",
        "TRACING_VERSION": "1.2.3", "OTEL_RESOURCE_ATTRIBUTES": "team=search%20and%20rescue",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint,
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-key={HIDDEN}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip" if protocol == "http/protobuf" else "none",
        "OTEL_BSP_SCHEDULE_DELAY": "100", "LOG_FORMAT": "json", "LOG_LEVEL": "debug",
    }
    if os.environ.get("RESCUESTREAM_TEST_POSTGRES"):
        settings["DATABASE_URL"] = os.environ["RESCUESTREAM_TEST_POSTGRES"]
    stack = Stack(tmp_path, **settings)
    yield stack
    if stack.server.program.running():
        stack.server.program.stop()
    stack.media_mtx.program.stop()


class Received:
    """All spans, with the search for what belongs together."""

    def __init__(self, spans):
        self.spans = spans
        self.by_id = {(span.trace, span.id): span for span in spans}

    def named(self, name, trace=None):
        return [span for span in self.spans
                if span.name == name and (trace is None or span.trace == trace)]

    def children(self, parent):
        return [span for span in self.spans
                if span.trace == parent.trace and span.parent == parent.id]

    def child(self, parent, name):
        found = [span for span in self.children(parent) if span.name == name]
        assert found, f"{parent} has no child {name}: {self.children(parent)}"
        return found[0]

    def below(self, parent):
        for child in self.children(parent):
            yield child
            yield from self.below(child)


def ask(stack, key, connection):
    media_secret = (stack.directory / "media-secret").read_text().strip()
    return requests.post(
        f"{stack.server.origin}/auth", timeout=10, auth=("mediamtx", media_secret),
        json={"action": "publish", "path": key["playback_path"], "protocol": "rtmp", "ip": "192.0.2.7",
              "id": connection, "password": key["key_value"]}).status_code


def merge_claims(stack, collector, keys):
    """Asks about many keys at once until questions were merged, and the collector has seen it."""
    def has_batch():
        with concurrent.futures.ThreadPoolExecutor(len(keys)) as pool:
            statuses = list(pool.map(lambda key: ask(stack, key, secrets.token_hex(16)), keys))
        assert set(statuses) <= {200, 401}
        return any(span.name == "claim batch" for span in collector.spans())

    wait_until(has_batch, 60, "merged claims")


def revoke_live_key(stack, collector, tmp_path, clip):
    """Revokes a key whose stream is live; returns the key and the trace of the request. The node's own turn may
    carry out the cut-off before the request does: then the next key is taken."""
    api = stack.server.api()
    for _ in range(5):
        key = api.create_key()
        encoder = media.publish(clip, key["publish"]["rtmp"], tmp_path)
        wait_until(lambda: api.live_of(key), 20, "the stream is listed")
        trace = new_trace()
        answer = requests.post(f"{stack.server.origin}/stream-keys/{key['id']}/revoke", timeout=10,
                               headers={"X-API-Key": stack.server.secret} | trace_parent(trace))
        assert answer.status_code == 200 and answer.json()["cutoff"]["kicked"] == 1, answer.text
        encoder.stop()
        wait_until(lambda: Received(collector.spans()).named("POST /stream-keys/{id}/revoke", trace), 20,
                   "the trace of the request")
        if Received(collector.spans()).named("cut off", trace):
            return key, trace
    raise AssertionError("no request has carried out its own cut-off")


def test_traces_of_an_installation(stack, collector, tmp_path):
    api = stack.server.api()
    clip = tmp_path / "picture.mp4"
    media.make_clip(clip)
    key, trace = revoke_live_key(stack, collector, tmp_path, clip)
    unsampled = new_trace()
    requests.get(f"{stack.server.origin}/nodes", timeout=10,
                 headers={"X-API-Key": stack.server.secret} | trace_parent(unsampled, False))
    broken = {"traceparent": "00-not-a-trace-of-mine-01", "X-API-Key": stack.server.secret}
    assert requests.get(f"{stack.server.origin}/nodes", headers=broken, timeout=10).ok
    keys = [api.create_key() for _ in range(40)]
    merge_claims(stack, collector, keys)

    credential = control_credential(stack.directory)[1]
    assert stack.server.program.stop() == 0
    collector.stop()
    received = Received(collector.spans())
    check_form(received)
    check_publishing(received, key)
    check_cut_off(received, trace, key)
    check_poll(received)
    check_batch(received)
    assert not received.named("GET /nodes", unsampled)
    assert [span.parent for span in received.named("GET /nodes")] == [None]

    log = stack.server.program.log.read_text()
    check_log(log, received, trace)
    media_secret = (stack.directory / "media-secret").read_text().strip()
    for secret in (key["key_value"], stack.server.secret, media_secret, credential, HIDDEN,
                   "not-a-trace-of-mine", *(each["key_value"] for each in keys)):
        assert secret not in collector.text()
        assert secret not in log


def check_form(received):
    assert len(received.by_id) == len(received.spans), "two spans have the same id"
    for span in received.spans:
        assert re.fullmatch("[0-9a-f]{32}", span.trace) and re.fullmatch("[0-9a-f]{16}", span.id)
        assert span.start <= span.end, span
        # Names have no ids, values or paths of streams.
        assert not re.search(r"[0-9a-f]{8}-|sk_|live/|\d{3}", span.name), span
        if span.parent and span.parent != CALLER_SPAN:
            assert (span.trace, span.parent) in received.by_id, f"the parent of {span} is missing"
        assert span.resource["service.name"] == "rescue-test"
        assert span.resource["service.version"] == "1.2.3"
        assert span.resource["team"] == "search and rescue"


def check_publishing(received, key):
    decisions = [span for span in received.named("decide publish")
                 if span.attributes.get("rescuestream.stream_key.id") == key["id"]
                 and span.attributes["rescuestream.decision"] == "accepted"]
    assert decisions
    decision = decisions[0]
    request = received.by_id[(decision.trace, decision.parent)]
    assert request.name == "POST /auth" and request.parent is None and request.kind == SERVER
    assert request.attributes["http.request.method"] == "POST"
    assert request.attributes["http.route"] == "/auth"
    assert request.attributes["http.response.status_code"] == 200
    assert request.attributes["url.scheme"] == "http"
    step = received.child(decision, "storage claim_all")
    statements = [span for span in received.children(step) if span.name == "UPDATE stream_keys"]
    assert statements and statements[0].kind == CLIENT
    assert statements[0].attributes["db.system.name"] in ("sqlite", "postgresql")
    assert statements[0].attributes["db.operation.name"] == "UPDATE"
    assert statements[0].attributes["db.collection.name"] == "stream_keys"


def check_cut_off(received, trace, key):
    (request,) = received.named("POST /stream-keys/{id}/revoke", trace)
    assert request.parent == CALLER_SPAN and request.state == "rescue=1"
    assert received.child(request, "storage revoke_stream_key")
    cut_off = received.child(request, "cut off")
    assert cut_off.attributes["rescuestream.cutoff.outcome"] == "removed"
    assert cut_off.attributes["rescuestream.stream_key.id"] == key["id"]
    below = {span.name for span in received.below(cut_off)}
    assert {"GET /v3/paths/list", "storage finish_cutoff"} <= below, below
    assert any(name.startswith("POST /v3/rtmpconns/kick/{name}") for name in below), below
    kick = received.child(cut_off, "POST /v3/rtmpconns/kick/{name}")
    assert kick.kind == CLIENT
    assert kick.attributes["http.response.status_code"] == 200
    assert kick.attributes["url.full"].endswith("/v3/rtmpconns/kick/{name}")
    assert kick.attributes["server.address"] == "127.0.0.1"


def check_poll(received):
    polls = [span for span in received.named("poll") if not span.failed]
    assert polls and all(span.parent is None for span in polls)
    poll = polls[-1]
    assert poll.kind == INTERNAL and poll.attributes["rescuestream.node"] == "default"
    assert received.child(poll, "GET /v3/paths/list")
    assert received.child(poll, "storage open_sessions")


def check_batch(received):
    batches = received.named("claim batch")
    linked = 0
    for batch in batches:
        assert received.by_id[(batch.trace, batch.parent)].name == "decide publish"
        assert received.child(batch, "storage claim_all")
        assert batch.attributes["rescuestream.batch.size"] == len(batch.links) + 1
        for link in batch.links:
            decision = received.by_id[link]
            assert decision.name == "decide publish"
            assert (batch.trace, batch.id) in decision.links
            linked += 1
    assert linked


def check_log(log, received, trace):
    lines = [json.loads(line) for line in log.splitlines()]
    (revoked,) = [line for line in lines
                  if line["message"] == "connection cut off" and line["trace_id"] == trace]
    assert received.by_id[(trace, revoked["span_id"])].name == "cut off"
    requests_of_trace = [line for line in lines
                         if line["message"] == "request" and line.get("trace_id") == trace]
    assert len(requests_of_trace) == 1
    (request,) = received.named("POST /stream-keys/{id}/revoke", trace)
    assert requests_of_trace[0]["span_id"] == request.id
    assert requests_of_trace[0]["request_id"] == request.attributes["rescuestream.request_id"]
    assert revoked["request_id"] == requests_of_trace[0]["request_id"]
