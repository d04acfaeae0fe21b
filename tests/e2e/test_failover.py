"""The database fails over to its standby: nothing that was acknowledged is lost, live streams continue,
and the server recovers by itself."""

import pytest

from replicated import Replicated, programs as postgres_programs
from stack import Stack
from support import wait_until


@pytest.fixture
def database(programs):
    if postgres_programs() is None:
        pytest.skip("PostgreSQL is not installed")
    database = Replicated()
    yield database
    database.close()


def works(api):
    return api.request("POST", "/broadcasters", {"display_name": "after"}).status_code == 201


def test_the_server_continues_on_the_standby_after_a_failover(database, tmp_path, publish):
    stack = Stack(tmp_path, DATABASE_URL=database.url)
    try:
        api = stack.server.api()
        key = api.create_key(label="made before")
        encoder = publish(key["publish"]["rtsp"])
        stream = wait_until(lambda: api.live_of(key), 10, "listed")
        revoked = api.create_key(label="revoked before")
        api.call("POST", f"/stream-keys/{revoked['id']}/revoke")

        database.kill(0)
        assert not works(api)
        refused = publish(revoked["publish"]["rtsp"])
        wait_until(lambda: not refused.running(), 15, "no publisher is accepted without a database")
        database.promote(1)
        wait_until(lambda: works(api), 15, "the server recovers by itself")

        assert api.call("GET", f"/stream-keys/{key['id']}")["label"] == "made before"
        assert api.call("GET", f"/stream-keys/{revoked['id']}")["status"] == "revoked"
        wait_until(lambda: (api.live_of(key) or {}).get("state") == "live", 5, "listed as before")
        assert api.live_of(key)["id"] == stream["id"]
        assert encoder.running()
        answer = api.call("POST", f"/stream-keys/{key['id']}/revoke")
        assert answer["cutoff"]["kicked"] == 1
    finally:
        stack.stop()
