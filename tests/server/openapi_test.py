#!/usr/bin/env python3
"""Checks openapi.yaml against the running program: openapi_test.py SERVER_PROGRAM OPENAPI_FILE

Every operation is called, with success and without, and each answer must be one that the document
describes: its status, its media type, its body by the schema, its required headers.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

SECRET = "openapi-test-secret"
# A request whose head or body cannot be read: the same for every route, so `default` stands for it.
UNREADABLE = {408, 414, 417, 431}
UNKNOWN = "00000000-0000-7000-8000-000000000000"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")

formats = jsonschema.FormatChecker(formats=())
formats.checks("date-time")(lambda value: not isinstance(value, str) or bool(TIME.match(value)))
formats.checks("uuid")(lambda value: not isinstance(value, str) or bool(UUID.match(value)))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Makes a redirection an answer like any other."""

    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


class Api:
    def __init__(self, document, url):
        self.document = document
        self.url = url
        self.seen = set()  # (operationId, status)
        self.store = jsonschema.RefResolver.from_schema(document)

    def resolve(self, value):
        while "$ref" in value:
            value = self.store.resolve(value["$ref"])[1]
        return value

    def operation(self, method, target):
        path = target.split("?")[0]
        for pattern, item in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path) and method.lower() in item:
                return item[method.lower()]
        raise AssertionError(f"{method} {target} is not in the document")

    def call(self, method, target, body=None, status=None, admin=True, raw=None,
             kind="application/json", more=None):
        operation = self.operation(method, target)
        headers = ({"X-API-Key": SECRET} if admin else {}) | (more or {})
        data = raw if raw is not None else (None if body is None else json.dumps(body).encode())
        if data is not None:
            headers["Content-Type"] = kind
        request = urllib.request.Request(self.url + target, data, headers, method=method)
        try:
            with OPENER.open(request, timeout=10) as answer:
                return self.check(operation, answer.status, answer.headers, answer.read(), status)
        except urllib.error.HTTPError as answer:
            return self.check(operation, answer.code, answer.headers, answer.read(), status)

    def check(self, operation, status, headers, body, wanted):
        name = operation["operationId"]
        assert wanted in (None, status), f"{name}: {status} instead of {wanted}: {body}"
        responses = operation["responses"]
        described = responses.get(str(status))
        if described is None and (status >= 500 or status in UNREADABLE):
            described = responses.get("default")
        assert described is not None, f"{name}: {status} is not in the document: {body}"
        described = self.resolve(described)
        assert headers["X-Request-ID"], f"{name}: no X-Request-ID"
        for header in described.get("headers", {}):
            assert headers[header], f"{name}: {status} without {header}"
        self.seen.add((name, status))
        self.cookie = (headers["Set-Cookie"] or "").split(";")[0]
        content = described.get("content")
        if not content:
            assert not body, f"{name}: {status} has a body: {body}"
            return None
        kind = headers["Content-Type"].split(";")[0]
        assert kind in content, f"{name}: {status} is {kind}"
        if not kind.endswith("json") or kind.endswith("ndjson"):
            return body.decode()
        answer = json.loads(body)
        jsonschema.Draft202012Validator(content[kind]["schema"], resolver=self.store,
                                        format_checker=formats).validate(answer)
        if kind == "application/problem+json":
            assert answer["status"] == status, answer
        return answer


def incidents(api):
    """An incident from its opening to its report."""
    team = api.call("POST", "/broadcasters", {"display_name": "Search team"}, status=201)
    incident = api.call("POST", "/incidents", {"name": "Lake", "reference": "7"}, status=201)
    place = f"/incidents/{incident['id']}"
    api.call("POST", "/incidents", {"name": ""}, status=400)
    key = api.call("POST", "/stream-keys",
                   {"broadcaster_id": team["id"], "incident_id": incident["id"],
                    "until_closed": True, "protocols": ["srt", "rtmp"],
                    "not_before": "2999-01-01T00:00:00Z", "max_bitrate": 6_000_000,
                    "over_bitrate": "cut"}, status=201)
    api.call("GET", f"/stream-keys/{key['id']}", status=200)
    api.call("POST", f"{place}/assign", {"broadcaster_ids": [team["id"]]}, status=200)
    api.call("GET", f"/broadcasters/{team['id']}", status=200)
    api.call("POST", f"{place}/assign", {"stream_key_ids": [team["id"]]}, status=400)
    api.call("GET", f"/stream-keys?incident_id={incident['id']}", status=200)
    api.call("GET", f"/streams?incident_id={incident['id']}", status=200)
    api.call("GET", place, status=200)
    api.call("PATCH", place, {"metadata": {"area": 3}}, status=200)
    api.call("GET", "/incidents?status=open&limit=1", status=200)
    free = api.call("POST", "/stream-keys", {"broadcaster_id": team["id"]}, status=201)
    api.call("POST", f"{place}/assign", {"stream_key_ids": [free["id"]]}, status=200)
    api.call("POST", f"{place}/unassign", {"stream_key_ids": [free["id"]]}, status=200)
    guests(api, incident["id"])
    assert api.call("POST", f"{place}/close", status=200)["ended_keys"] == 1
    api.call("POST", f"{place}/unassign", {"stream_key_ids": [key["id"]]}, status=409)
    api.call("GET", f"{place}/report", status=200)
    api.call("GET", f"{place}/report?format=markdown", status=200)
    api.call("POST", f"{place}/reopen", {}, status=200)


def guests(api, incident):
    """A guest link from its creation to its end."""
    link = api.call("POST", "/guest-links",
                    {"incident_id": incident, "label": "Fire brigade", "pin": "204816"}, status=201)
    page = "/watch/" + link["url"].rpartition("/")[2]
    form = {"admin": False, "kind": "application/x-www-form-urlencoded"}
    api.call("GET", "/guest-links?limit=1", status=200)
    api.call("GET", f"/guest-links/{link['id']}", status=200)
    api.call("GET", page, admin=False, status=200)
    api.call("POST", page, raw=b"pin=", status=400, **form)
    api.call("POST", page, raw=b"pin=204817", status=401, **form)
    api.call("POST", page, raw=b"pin=204816", status=403, more={"Origin": "null"}, **form)
    api.call("POST", page, raw=b"pin=204816", status=303, **form)
    assert "Fire brigade" in api.call("GET", page, admin=False, status=200,
                                      more={"Cookie": api.cookie})
    api.call("PATCH", f"/guest-links/{link['id']}", {"label": "Firemen", "reset": ["pin"]}, status=200)
    api.call("POST", f"/guest-links/{link['id']}/close", status=200)
    api.call("PATCH", f"/guest-links/{link['id']}", {"pin": "204816"}, status=409)
    api.call("GET", page, admin=False, status=404)


def flow(api):
    """Sends the requests of people and of MediaMTX."""
    for target in ("/health", "/livez", "/readyz", "/openapi.json", "/openapi.yaml"):
        api.call("GET", target, admin=False, status=200)
    assert api.call("GET", "/openapi.json", admin=False) == api.document
    for slug in ("not-found", "invalid-stream-key", "unavailable"):
        api.call("GET", f"/errors/{slug}", admin=False, status=200)
    api.call("GET", "/errors/none", admin=False, status=404)

    team = api.call("POST", "/broadcasters", {"display_name": "Team", "metadata": {"a": [1]}},
                    status=201)
    api.call("GET", f"/broadcasters/{team['id']}", status=200)
    api.call("PATCH", f"/broadcasters/{team['id']}", {"display_name": "Team 2"}, status=200)
    api.call("POST", "/broadcasters", {"display_name": "Other"}, status=201)
    page = api.call("GET", "/broadcasters?limit=1", status=200)
    assert page["next_cursor"]
    api.call("GET", f"/broadcasters?limit=1&cursor={page['next_cursor']}", status=200)

    key = api.call("POST", "/stream-keys",
                   {"broadcaster_id": team["id"], "label": "Drone", "playback_path": "live/d",
                    "expires_at": "2999-01-01T00:00:00+01:00", "on_duplicate": "reject"},
                   status=201)
    api.call("GET", f"/stream-keys/{key['id']}", status=200)
    api.call("GET", "/stream-keys", status=200)
    api.call("PATCH", f"/stream-keys/{key['id']}",
             {"label": "Boat", "reconnect_window": 5, "stale_after": 2,
              "max_session_duration": 86_400, "reset": ["expires_at"]}, status=200)
    api.call("PATCH", f"/stream-keys/{key['id']}", {"stale_after": 61}, status=400)
    api.call("PATCH", f"/stream-keys/{key['id']}", {"allowed_addresses": ["192.0.2.0/24"]},
             status=200)
    api.call("PATCH", f"/stream-keys/{key['id']}", {"allowed_addresses": []}, status=400)
    api.call("PATCH", f"/stream-keys/{key['id']}", {"reset": ["allowed_addresses"]}, status=200)

    question = {"ip": "127.0.0.1", "user": "", "password": key["key_value"],
                "token": "", "action": "publish", "path": "live/d",
                "protocol": "rtmp", "id": "c1", "query": "", "userAgent": ""}
    api.call("POST", "/auth", question, status=200, admin=False)
    api.call("POST", "/auth", question | {"id": "c2"}, status=401, admin=False)
    listed = api.call("GET", f"/refusals?stream_key_id={key['id']}", status=200)["refusals"]
    assert [item["reason"] for item in listed] == ["in_use"], listed
    api.call("GET", "/refusals?limit=0", status=400)
    api.call("POST", "/auth", {}, status=400, admin=False)
    api.call("POST", "/auth", raw=b"x" * 70_000, status=413, admin=False)
    report = {"path": "live/d", "source_type": "rtmpConn", "source_id": "c1"}
    api.call("POST", "/webhook/ready", report, status=204, admin=False)
    api.call("POST", "/webhook/ready", {}, status=400, admin=False)
    streams = api.call("GET", "/streams", status=200)["streams"]
    assert len(streams) == 1, streams
    stream = f"/streams/{streams[0]['id']}"
    api.call("GET", stream, status=200)
    api.call("GET", f"{stream}/timeline", status=200)
    api.call("GET", f"{stream}/viewers", status=200)
    api.call("GET", "/streams?node=default&from=2026-01-01T00:00:00Z&to=2999-01-01T00:00:00Z",
             status=200)
    api.call("DELETE", f"/broadcasters/{team['id']}", status=409)
    stopped = api.call("POST", f"{stream}/stop", {"block_seconds": 60}, status=200)
    assert stopped["stream"]["status"] == "ended", stopped
    assert stopped["cutoff"]["kicked"] == 1, stopped
    refused = api.call("POST", "/auth", question | {"id": "c3"}, status=401, admin=False)
    assert refused["type"] == "/errors/stream-key-blocked", refused
    assert api.call("GET", f"{stream}/timeline")["timeline"][-1]["reason"] == "stopped"
    api.call("POST", "/webhook/not-ready", report, status=204, admin=False)
    api.call("POST", "/webhook/not-ready", {"path": 1}, status=400, admin=False)
    api.call("GET", "/streams?state=all", status=200)

    for owner in (f"/stream-keys/{key['id']}", f"/broadcasters/{team['id']}"):
        api.call("POST", f"{owner}/disable", status=200)
        api.call("GET", owner, status=200)
        api.call("GET", f"/stream-keys/{key['id']}", status=200)
        api.call("POST", f"{owner}/enable", {}, status=200)
    api.call("POST", f"/stream-keys/{key['id']}/rotate", status=200)
    rotated = api.call("POST", f"/stream-keys/{key['id']}/rotate", {"overlap_seconds": 60},
                       status=200)
    assert rotated["previous_value_expires_at"], rotated
    api.call("POST", f"/stream-keys/{key['id']}/revoke", status=200)
    api.call("POST", f"/stream-keys/{key['id']}/enable", status=409)
    api.call("DELETE", f"/stream-keys/{key['id']}", status=204)
    api.call("DELETE", f"/broadcasters/{team['id']}?force=true", status=204)
    incidents(api)
    nodes(api, question)
    watching(api, question)
    api.call("POST", "/audit-events", {"event_type": "user_login", "actor": "ann"}, status=201)
    record = api.call("GET", "/audit-logs?limit=100", status=200)
    assert record["pagination"]["total"] >= 6, record
    lines = api.call("GET", "/audit-logs/export?limit=1", status=200).splitlines()
    assert [json.loads(line) for line in lines] == record["audit_logs"][:1], lines


def watching(api, question):
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    imported = {"id": "ed", "issuer": "dispatch", "paths": ["live/*"], "jwk": jwk}
    api.call("POST", "/playback-keys", imported, status=201)
    api.call("POST", "/playback-keys", imported, status=409)
    api.call("POST", "/playback-keys", {}, status=400)
    assert api.call("POST", "/playback-keys/rotate", status=201)["own"] is True
    api.call("POST", "/playback-keys/rotate", {"overlap_seconds": -1}, status=400)
    assert api.call("GET", "/playback-keys", status=200)["count"] == 2
    assert len(api.call("GET", "/.well-known/jwks.json", status=200, admin=False)["keys"]) == 1
    api.call("DELETE", "/playback-keys/ed", status=204)
    api.call("DELETE", "/playback-keys/none", status=404)

    team = api.call("POST", "/broadcasters", {"display_name": "Watched"}, status=201)
    key = api.call("POST", "/stream-keys",
                   {"broadcaster_id": team["id"], "playback_path": "live/signed",
                    "playback_policy": "signed"}, status=201)
    limits = {"viewer_id": "v", "allowed_addresses": ["127.0.0.1"], "protocols": ["rtmp"],
              "max_sessions": 2, "expires_in": 60}
    minted = api.call("POST", "/playback-tokens", {"paths": ["live/signed"]} | limits, status=201)
    short = api.call("POST", "/playback-tokens", {"stream_key_id": key["id"], "short": True},
                     status=201)
    api.call("POST", "/playback-tokens", {"stream_key_id": UNKNOWN}, status=404)
    api.call("POST", "/playback-tokens", {"paths": ["../x"]}, status=400)
    reader = question | {"action": "read", "path": "live/signed", "id": "r1"}
    refused = api.call("POST", "/auth", reader, status=401, admin=False)
    assert refused["type"] == "/errors/playback-token-required", refused
    for token in (minted, short):
        api.call("POST", "/auth", reader | {"password": token["token"]}, status=200, admin=False)
    viewer = "264b0a18-3f0e-4f0b-9d3c-6b1f0c6f7a11"
    api.call("POST", "/auth", reader | {"password": short["token"], "id": viewer}, status=200,
             admin=False)
    assert api.call("GET", "/viewers?path=live/signed", status=200)["count"] == 2
    assert api.call("GET", f"/viewers/{viewer}", status=200)["id"] == viewer
    assert api.call("DELETE", f"/viewers/{viewer}", status=200)["removed"] is False
    api.call("POST", "/playback-tokens/revoke", {"viewer_id": "v"}, status=200)
    api.call("POST", "/playback-tokens/revoke", {}, status=400)
    api.call("POST", "/playback-tokens/revoke", {"token_id": short["id"]}, status=200)
    for token in (minted, short):
        refused = api.call("POST", "/auth", reader | {"password": token["token"]}, status=401,
                           admin=False)
        assert refused["type"] == "/errors/playback-token-refused", refused


def nodes(api, question):
    node = {"name": "north", "label": "North", "api_url": "http://127.0.0.1:1", "api_user": "u",
            "api_password": "p", "addresses": {"webrtc": "https://north.example:8889"}}
    made = api.call("POST", "/nodes", node, status=201)
    assert made["addresses"]["rtsp"] == "rtsp://north.example:8554", made
    assert "api_password" not in made
    api.call("POST", "/nodes", node, status=409)
    wrong = api.call("POST", "/nodes", {"name": "No!", "api_url": "x", "addresses": {"srt": "x"}},
                     status=400)
    assert [error["pointer"] for error in wrong["errors"]] == [
        "/name", "/api_url", "/addresses/srt"], wrong
    wrong = api.call("PATCH", "/nodes/north", {"addresses": {"srtt": "x"}}, status=400)
    assert wrong["errors"][0]["pointer"] == "/addresses/srtt", wrong
    assert api.call("PATCH", "/nodes/north", {"draining": True}, status=200)["state"] == "draining"
    watching = question | {"action": "read"}
    api.call("POST", "/auth/north", watching, status=200, admin=False)
    # A publisher without a valid key learns nothing about nodes.
    wrong = question | {"id": "n1", "password": "sk_" + "x" * 43}
    for name in ("north", "south"):
        refused = api.call("POST", f"/auth/{name}", wrong, status=401, admin=False)
        assert refused["type"] == "/errors/invalid-stream-key", refused
    api.call("PATCH", "/nodes/default", {"api_url": "http://127.0.0.1:2"}, status=400)
    assert api.call("PATCH", "/nodes/default", {"label": "Main"}, status=200)["label"] == "Main"
    listed = api.call("GET", "/nodes", status=200)
    assert [item["name"] for item in listed["nodes"]] == ["default", "north"], listed
    api.call("GET", "/nodes/north", status=200)
    assert api.call("POST", "/nodes/north/enforce", status=200)["enforcement"] == "enforcing"
    api.call("POST", "/nodes/nowhere/enforce", status=404)
    api.call("DELETE", "/nodes/default", status=409)
    api.call("DELETE", "/nodes/north", status=204)


def filled(pattern, name):
    # The id of a credential is no UUID.
    name = "aaaaaaaaaaaa" if pattern.startswith("/credentials") else name
    return re.sub(r"\{[a-z]+\}", name, pattern)


def credentials(api):
    """Makes a credential, uses it, and takes it back."""
    made = api.call("POST", "/credentials", {
        "label": "Map", "scopes": ["streams:read", "keys:read"], "expires_at": "2999-01-01T00:00:00Z",
        "allowed_addresses": ["127.0.0.0/8"]}, status=201)
    one = f"/credentials/{made['id']}"
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    api.call("GET", "/whoami", status=200)
    api.call("GET", "/whoami", admin=False, more=bearer, status=200)
    api.call("GET", "/streams", admin=False, more=bearer, status=200)
    api.call("POST", "/broadcasters", {"display_name": "A"}, admin=False, more=bearer, status=403)
    session = api.call("POST", "/session", admin=False, more=bearer, status=201)
    cookie = {"Cookie": api.cookie}
    api.call("GET", "/whoami", admin=False, more=cookie, status=200)
    api.call("DELETE", "/session", admin=False, more=cookie, status=403)
    api.call("DELETE", "/session", admin=False,
             more=cookie | {"X-CSRF-Token": session["csrf_token"]}, status=204)
    api.call("GET", "/whoami", admin=False, more=cookie, status=401)
    api.call("GET", "/credentials", status=200)
    api.call("GET", one, status=200)
    api.call("PATCH", one, {"label": "Map 2", "reset": ["expires_at"]}, status=200)
    api.call("POST", f"{one}/rotate", {"overlap_seconds": 60}, status=200)
    api.call("POST", f"{one}/revoke", status=200)
    api.call("PATCH", one, {"label": "Map 3"}, status=409)
    api.call("DELETE", one, status=204)


def refusals(api):
    """Calls every admin operation without a credential, for an unknown id, with a wrong body or query."""
    for pattern, item in api.document["paths"].items():
        for method, operation in item.items():
            if method == "parameters" or "security" in operation:
                continue
            method = method.upper()
            api.call(method, filled(pattern, UNKNOWN), admin=False, status=401)
            if "{id}" in pattern:
                api.call(method, pattern.replace("{id}", "17"), status=400)
            if "{" in pattern:
                body = {} if method == "PATCH" else None
                if method == "POST" and operation.get("requestBody", {}).get("required"):
                    body = {"stream_key_ids": [UNKNOWN]}
                api.call(method, filled(pattern, UNKNOWN), body, status=404)
            if method in ("POST", "PATCH", "DELETE"):
                known = filled(pattern, UNKNOWN)
                api.call(method, known, raw=b"x", kind="text/plain", status=415)
                api.call(method, known, raw=b"[" * (1024 * 1024 + 1), status=413)
            if "requestBody" in operation:
                known = filled(pattern, UNKNOWN).replace(f"/nodes/{UNKNOWN}", "/nodes/default")
                api.call(method, known, {"nobody_knows": 1}, status=400)
                api.call(method, known, raw=b"[", status=400)
            for parameter in map(api.resolve, operation.get("parameters", [])):
                bad = f"{filled(pattern, UNKNOWN)}?{parameter['name']}=%FF"
                answer = api.call(method, bad, status=400)
                assert answer["errors"][0]["pointer"] == f"/{parameter['name']}", answer


def start(program, directory):
    environment = os.environ | {
        "DATA_DIR": directory, "API_HOST": "127.0.0.1", "API_PORT": "0", "API_SECRET": SECRET,
        "DATABASE_URL": "memory:", "MEDIAMTX_API_URL": "memory:", "METRICS_ENABLED": "false",
        "LOG_FORMAT": "json", "MEDIA_SECRET": "", "API_KEY_NAMES": "", "CONFIG_FILE": ""}
    log = pathlib.Path(directory, "log")
    with log.open("w") as output:
        server = subprocess.Popen([program], env=environment, stderr=output,
                                  stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        ready = re.search(r'"ready","address":"([^"]+)"', log.read_text())
        if ready:
            return server, f"http://{ready.group(1)}"
        time.sleep(0.02)
    server.kill()
    raise AssertionError(f"the server did not become ready:\n{log.read_text()}")


def main():
    document = yaml.safe_load(pathlib.Path(sys.argv[2]).read_text())
    with tempfile.TemporaryDirectory(prefix="rescuestream-openapi-") as directory:
        server, url = start(sys.argv[1], directory)
        try:
            api = Api(document, url)
            flow(api)
            credentials(api)
            refusals(api)
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    operations = {operation["operationId"] for item in document["paths"].values()
                  for method, operation in item.items() if method != "parameters"}
    succeeded = {name for name, status in api.seen if status < 400}
    assert operations == succeeded, f"without a successful call: {operations - succeeded}"
    print(f"openapi: {len(operations)} operations, {len(api.seen)} kinds of answers")


main()
