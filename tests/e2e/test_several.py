"""Two servers on one database, two MediaMTX: each stream is on its node, every server knows it, and
another server takes over what one server did not finish."""

import functools
import os
import re
import secrets
import subprocess

import pytest

from media import codecs_at
from stack import PORTS, MediaMtx, Server, binaries, configure_media_mtx, control_credential
from support import always, clean_environment, free_port, wait_until


def make_database(directory):
    """A database that two servers can share: PostgreSQL when the tests have one, otherwise a file."""
    cluster = os.environ.get("RESCUESTREAM_TEST_POSTGRES")
    if not cluster:
        return f"sqlite:{directory}/shared.db"
    name = "several_" + secrets.token_hex(6)
    subprocess.run(["psql", "-qX", "-d", cluster, "-c", f"CREATE DATABASE {name}"], check=True,
                   env=clean_environment())
    base, question, parameters = cluster.partition("?")
    return base.rsplit("/", 1)[0] + f"/{name}" + question + parameters


class Several:
    """MediaMTX "default" asks the first server, MediaMTX "north" the second."""

    def __init__(self, directory):
        server, command_line, media_mtx = binaries()
        media_secret, api_secret = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        secret_file = directory / "media-secret"
        secret_file.touch(mode=0o600)
        secret_file.write_text(media_secret)
        database = make_database(directory)
        self.media_mtx, self.servers, ports = {}, [], {}
        for node in ("default", "north"):
            ports[node] = {name: free_port() for name in PORTS}
        for number, node in enumerate(("default", "north")):
            here = directory / node
            here.mkdir()
            origin = f"http://127.0.0.1:{ports[node]['http']}"
            config = here / "mediamtx.yml"
            configure_media_mtx(command_line, ports[node], secret_file, origin, config,
                                None if node == "default" else node)
            # Both have the first MediaMTX as the default node.
            settings = ports["default"] | {"http": ports[node]["http"]}
            self.servers.append(Server(server, settings, here, MEDIA_SECRET=media_secret,
                                       DATABASE_URL=database, API_SECRET=api_secret))
            self.servers[number].secret = api_secret
            api_url = f"http://127.0.0.1:{ports[node]['api']}"
            self.media_mtx[node] = MediaMtx(
                media_mtx, config, ports[node], here,
                credential=functools.partial(
                    control_credential, here, None if node == "default" else node, api_url))
        for each in self.servers:
            each.wait_until_ready()
        north = ports["north"]
        self.ports = ports
        self.api().call("POST", "/nodes", {
            "name": "north", "api_url": f"http://127.0.0.1:{north['api']}",
            "addresses": {"webrtc": f"http://127.0.0.1:{north['webrtc']}",
                          "hls": f"http://127.0.0.1:{north['hls']}",
                          "rtsp": f"rtsp://127.0.0.1:{north['rtsp']}",
                          "rtmp": f"rtmp://127.0.0.1:{north['rtmp']}",
                          "srt": f"srt://127.0.0.1:{north['srt']}"}}, 201)
        wait_until(lambda: self.node("north")["state"] == "up", 10, "north is up")

    def api(self, number=0):
        return self.servers[number].api()

    def node(self, name, number=0):
        return self.api(number).call("GET", f"/nodes/{name}")

    def in_charge(self, name):
        """Returns the number of the server that supervises a node, according to what each of them reports."""
        holder = self.node(name, self.any_running())["reconciled_by"]
        for number, server in enumerate(self.servers):
            if re.search(rf"this server supervises the node.*\b{holder}\b",
                         server.program.output()):
                return number
        return None

    def any_running(self):
        return next(n for n, server in enumerate(self.servers) if server.program.running())

    def address(self, key, node):
        """Of an RTSP encoder."""
        return key["publish"]["rtsp"].replace(f":{self.ports['default']['rtsp']}/",
                                              f":{self.ports[node]['rtsp']}/")

    def revive(self):
        for media_mtx in self.media_mtx.values():
            if not media_mtx.program.running():
                media_mtx.start()
        for server in self.servers:
            if not server.program.running():
                server.start()
        for server in self.servers:
            server.wait_until_ready()

    def stop(self):
        for program in [*self.media_mtx.values(), *self.servers]:
            program.program.stop()


@pytest.fixture(scope="module")
def installation(programs, tmp_path_factory):
    several = Several(tmp_path_factory.mktemp("several"))
    yield several
    several.stop()


@pytest.fixture
def several(installation):
    installation.revive()
    return installation


def test_each_stream_is_on_its_node_and_every_server_knows_it(several, publish):
    keys = {node: several.api().create_key() for node in several.media_mtx}
    for node, key in keys.items():
        publish(several.address(key, node))
    for number in (0, 1):
        for node, key in keys.items():
            stream = wait_until(lambda: several.api(number).live_of(key), 5, "listed")  # noqa: B023
            assert stream["node"] == node
            assert codecs_at(stream["urls"]["rtsp"]) == ["h264,320,180"]


@pytest.mark.parametrize("asked", [0, 1])
@pytest.mark.parametrize("node", ["default", "north"])
def test_any_server_can_cut_off_a_publisher_on_any_node(several, publish_stubbornly, node, asked):
    api = several.api(asked)
    key = api.create_key()
    publish_stubbornly(several.address(key, node))
    wait_until(lambda: api.live_of(key), 5, "listed")
    answer = api.call("POST", f"/stream-keys/{key['id']}/revoke")
    assert answer["cutoff"]["nodes"] == [
        {"node": node, "kicked": 1, "pending": 0, "reachable": True}]
    path = key["playback_path"]
    always(lambda: path not in several.media_mtx[node].paths(), 3, "the publisher returned")
    for number in (0, 1):
        assert not several.api(number).live_of(key)


def test_another_server_takes_over_the_nodes_of_a_server_that_dies(several, publish):
    victim = several.in_charge("default")
    other = 1 - victim
    api = several.api(other)
    key = api.create_key(reconnect_window=0)
    encoder = publish(several.address(key, "north" if victim == 0 else "default"))
    wait_until(lambda: api.live_of(key), 5, "listed")
    several.servers[victim].program.kill()
    wait_until(lambda: several.in_charge("default") == other
               and several.in_charge("north") == other, 10, "the other server supervises both nodes")
    encoder.stop()
    wait_until(lambda: not api.live_of(key), 5, "gone from the list")


def test_a_server_that_stops_hands_its_nodes_to_another(several):
    victim = several.in_charge("default")
    assert several.servers[victim].program.stop() == 0
    wait_until(lambda: several.in_charge("default") == 1 - victim, 4, "the other server supervises the node")


def test_a_node_that_is_down_does_not_affect_other_nodes(several, publish):
    api = several.api()
    here, there = api.create_key(), api.create_key()
    publish(several.address(here, "default"))
    publish(several.address(there, "north"))
    wait_until(lambda: api.live_of(here) and api.live_of(there), 5, "both listed")
    several.media_mtx["north"].program.kill()
    wait_until(lambda: several.node("north")["state"] == "unreachable", 5, "noticed to be unreachable")
    assert several.node("north")["reason"]
    # The list may be a quarter of a second old.
    wait_until(lambda: api.live_of(there)["state"] == "unknown", 1, "shown as unknown")
    assert api.live_of(here)["state"] == "live"
    cutoff = api.call("POST", f"/stream-keys/{there['id']}/revoke")["cutoff"]
    assert cutoff["nodes"] == [{"node": "north", "kicked": 0, "pending": 1, "reachable": False}]
    several.media_mtx["north"].start()
    wait_until(lambda: not api.live_of(there), 5, "carried out when the node is reachable again")
    assert api.live_of(here)["state"] == "live"


def test_a_draining_node_keeps_its_streams_and_refuses_new_ones(several, publish):
    api = several.api()
    before, after = api.create_key(), api.create_key()
    publish(several.address(before, "north"))
    wait_until(lambda: api.live_of(before), 5, "listed")
    api.call("PATCH", "/nodes/north", {"draining": True})
    try:
        # The second server polls the database, and is notified of changes.
        wait_until(lambda: several.node("north", 1)["draining"], 5, "known everywhere")
        refused = publish(several.address(after, "north"))
        wait_until(lambda: not refused.running(), 10, "refused")
        assert not api.live_of(after)
        assert api.live_of(before)["state"] == "live"
        publish(several.address(after, "default"))
        wait_until(lambda: api.live_of(after), 5, "welcome elsewhere")
    finally:
        api.call("PATCH", "/nodes/north", {"draining": False})


def test_a_primary_at_another_node_takes_the_path_over(several, publish):
    api = several.api()
    owner = api.create_broadcaster()
    backup = api.create_key(owner, playback_path="live/shared", priority=20)
    primary = api.create_key(owner, playback_path="live/shared", priority=80)
    publish(several.address(backup, "default"))
    stream = wait_until(lambda: api.live_of(backup), 10, "the backup is live")
    publish(several.address(primary, "north"))
    wait_until(lambda: several.api(1).live_of(primary), 10, "the primary is live")
    ended = wait_until(lambda: (s := api.stream(stream["id"]))["state"] == "ended" and s, 10, "the backup ended")
    assert ended["end_reason"] == "taken_over"
    wait_until(lambda: not several.media_mtx["default"].has_source("live/shared"), 5, "the backup is gone")
    again = publish(several.address(backup, "default"))
    wait_until(lambda: not again.running(), 15, "the backup is refused at the other node")
    assert several.media_mtx["north"].ready("live/shared")
