"""The Go service's own end-to-end flow, with its web front end's signature."""

from support import always, wait_until


def test_a_stream_is_listed_after_it_is_published_and_gone_after_its_key_is_revoked(stack, media_mtx, publish_stubbornly):
    api = stack.server.api(signed=True)
    broadcaster = api.call("POST", "/broadcasters",
                           {"display_name": "Rescue unit 3", "metadata": {"unit": "3"}}, 201)
    key = api.call("POST", "/stream-keys", {"broadcaster_id": broadcaster["id"]}, 201)
    value = key["key_value"]
    publish_stubbornly(f"rtmp://localhost:{stack.ports['rtmp']}/{value}")

    stream = wait_until(lambda: api.live_of(key), 10, "under GET /streams")
    listed = api.call("GET", "/streams")
    assert listed["count"] == len(listed["streams"])
    assert stream["path"] == key["playback_path"]
    assert stream["status"] == "active"
    assert stream["source_type"] == "rtmpConn"
    assert value not in api.request("GET", "/stream-keys").text

    assert api.request("DELETE", f"/stream-keys/{key['id']}").status_code == 204
    wait_until(lambda: value not in media_mtx.paths(), 2, "gone from MediaMTX")
    assert not api.live_of(key)
    always(lambda: value not in media_mtx.paths(), 5, "the publisher returned")
    assert api.call("GET", f"/stream-keys/{key['id']}")["status"] == "revoked"
    assert api.call("GET", f"/streams/{stream['id']}")["status"] == "ended"

    actions = [(entry["action"], entry["resource_type"], entry["actor"])
               for entry in api.call("GET", "/audit-logs?limit=100")["audit_logs"]
               if entry["resource_id"] in (key["id"], broadcaster["id"])]
    assert ("create", "broadcaster", "frontend-app") in actions
    assert ("create", "stream_key", "frontend-app") in actions
    assert ("delete", "stream_key", "frontend-app") in actions


def test_a_wrong_signature_is_refused(stack):
    api = stack.server.api(signed=True)
    api.secret = "not-the-secret"
    assert api.request("GET", "/streams").status_code == 401
