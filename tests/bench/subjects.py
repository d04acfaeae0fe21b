"""A server under measurement with the keys and streams that it has been given."""

import json
import os
import subprocess
import time

import load
import questions as q


class Subject:
    """Hands out keys, each once, because a request claims its key."""

    def __init__(self, server):
        self.server = server
        self.name = server.name if server else None
        self.broadcaster = None
        self.free_keys = []
        self.live_paths = []

    def take(self, count):
        if count > len(self.free_keys):
            raise RuntimeError(f"{self.name}: too few keys were made")
        first = len(self.free_keys) - count
        taken = self.free_keys[first:]
        del self.free_keys[first:]
        return taken

    def first_stream_id(self):
        call = (self.server.admin("GET", "/streams"), 200)
        streams = load.answers(self.server, [call])[0]["streams"]
        return streams[0]["id"] if streams else None


class Filled(Subject):
    """Ours: its database is filled directly, which makes millions of keys and streams feasible."""

    def __init__(self, server, database):
        super().__init__(server)
        self.database = database
        self.keys = 0

    def fill(self, keys, live=0, ended=0, audit=0, transitions=False):
        command = [load.PROGRAM, "fill", "--first-key", str(self.keys), "--keys", str(keys),
                   "--live", str(live), "--ended", str(ended), "--audit", str(audit)]
        if transitions:
            command.append("--transitions")
        subprocess.run(
            command,
            env={**os.environ, "DATABASE_URL": self.database}, check=True)
        self.live_paths += [f"live/unit-{self.keys + n}" for n in range(live)]
        self.free_keys += [q.test_key(self.keys + n) for n in range(live, keys)]
        self.keys += keys

    def prepare(self, keys, live, ended):
        self.fill(keys, live, ended)
        self.broadcaster = self.server.make_broadcaster()
        self._wait_until_known()

    def add_keys(self, count):
        self.fill(count)
        self._wait_until_known()

    def _wait_until_known(self, seconds=10):
        """Waits until the server accepts a new key: it may refuse for a second what another program wrote
        into its database. The same device may send its request again later."""
        question = [(q.publish(self.free_keys[-1]), 200)]
        end = time.monotonic() + seconds * load.TIME_FACTOR
        while (asked := load.run(self.server, question))["wrong"] or asked["failed"]:
            if time.monotonic() > end:
                raise RuntimeError(f"{self.name} refuses a new key: {asked['statuses']}")


class Served(Subject):
    """Any server with the Go service's routes: its keys are made through them, and its streams are
    started by the hook, which only a server that does not check with MediaMTX accepts. `tidy_up` brings its
    database into the state in which a filled one is."""

    def __init__(self, server, tidy_up=lambda: None):
        super().__init__(server)
        self.tidy_up = tidy_up

    def prepare(self, keys, live, ended):
        del ended
        self.server.find_out_credentials()
        self.broadcaster = self.server.make_broadcaster()
        self.add_keys(keys)
        begun = self.take(live)
        self.live_paths = [key.path for key in begun]
        hooks = []
        for key in begun:
            body = json.dumps({"path": key.value, "source_type": "rtmpConn", "source_id": key.path})
            hooks.append((f"POST /webhook/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
                          f"application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode(),
                          0))
        if hooks:
            load.run(self.server, hooks, at_once=8, kept=True)
        self.tidy_up()

    def add_keys(self, count):
        self.free_keys += self.server.make_keys(count, self.broadcaster)
        self.tidy_up()
