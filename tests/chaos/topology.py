"""PostgreSQL, two rescuestream-servers on it and a real MediaMTX, with what can be cut between them:

    both servers ──media_link──▶ MediaMTX's control interface
    MediaMTX ──auth_link──▶ the first server's /auth
    MediaMTX's hooks ──hooks──▶ auth_link
"""

import itertools
import re
import secrets
import threading
import time

import requests

from api import Api
from clock import Clock
from daemon import Daemon
from half_sent import HalfSentBodies
from hook_proxy import HookProxy
from link import Link
from postgres import Postgres
from stack import PORTS, binaries, configure_media_mtx, control_credential, server_environment
from support import clean_environment, free_port, wait_until

# Fewer than the clients that hold on to it in a fault: half_sent.py.
MAX_CONNECTIONS = "1000"

# MediaMTX accepts any publisher here without a request to the server, which must find it by polling.
UNASKED = "unasked"


class AnyServer(Api):
    """Sends requests to the servers in turn."""

    def __init__(self, origins, secret, timeout):
        super().__init__("", secret, timeout=timeout)
        self._origins = itertools.cycle(origins)

    def request(self, method, path, body=None):
        return super().request(method, path, body, next(self._origins))


class Topology:
    def __init__(self, directory, seed, with_clock=True):
        """with_clock: the server's clock can be stepped."""
        self.directory = directory
        self.clock = Clock(directory / "clock") if with_clock else None
        self.unexpected_ends = []
        self._faults = 0
        self._disturbances = 0
        self._lock = threading.Lock()
        self._closers = []
        try:
            self._build(seed)
        except BaseException:
            self.close()
            raise

    def _build(self, seed):
        server, command_line, media_mtx = binaries()
        self.ports = {name: free_port() for name in PORTS}
        self.postgres = self._closed_at_end(
            Postgres(self.directory / "postgres.log", self._ended))
        self.media_link = self._closed_at_end(Link(self.ports["api"]))
        self.half_sent = self._closed_at_end(HalfSentBodies())
        self.auth_link = self._closed_at_end(Link(self.ports["http"]))
        auth_origin = f"http://127.0.0.1:{self.auth_link.port}"
        self.hooks = self._closed_at_end(HookProxy(auth_origin, seed))

        media_secret = secrets.token_urlsafe(24)
        secret_file = self.directory / "media-secret"
        secret_file.touch(mode=0o600)
        secret_file.write_text(media_secret)
        config = self.directory / "mediamtx.yml"
        configure_media_mtx(command_line, self.ports, secret_file, auth_origin, config)
        self._divert(config, auth_origin)

        self.secret = secrets.token_urlsafe(24)
        settings = server_environment(self.ports, self.directory, self.secret) | {
            "DATABASE_URL": self.postgres.url, "MEDIA_SECRET": media_secret,
            "MEDIAMTX_API_URL": f"http://127.0.0.1:{self.media_link.port}",
            "MAX_CONNECTIONS": MAX_CONNECTIONS,
        } | (self.clock.environment() if self.clock else {})
        self.server = self._closed_at_end(Daemon(
            "server", [server], self.directory / "server.log", settings, self._ended))
        second_port = free_port()
        self.second = self._closed_at_end(Daemon(
            "second", [server], self.directory / "second.log",
            settings | {"API_PORT": str(second_port)}, self._ended))
        self.media_mtx = self._closed_at_end(Daemon(
            "mediamtx", [media_mtx, config], self.directory / "mediamtx.log",
            clean_environment() | {"MTX_MOQ": "no"}, self._ended))
        self._origins = [f"http://127.0.0.1:{port}"
                         for port in (self.ports["http"], second_port)]
        self.media_api = f"http://127.0.0.1:{self.ports['api']}"
        self.rtmp = f"rtmp://127.0.0.1:{self.ports['rtmp']}"

    def _divert(self, config, auth_origin):
        """Hooks go through their proxy, and for one folder of paths MediaMTX sends no request to the server."""
        text, hooks = re.subn(rf"(?m)^(\s*runOn\w+:.*){re.escape(auth_origin)}",
                              lambda match: match[1] + self.hooks.origin, config.read_text())
        text, excluded = re.subn(
            r"(?m)^authHTTPExclude: \[\]\n",
            f"authHTTPExclude:\n- action: publish\n  path: '~^{UNASKED}/'\n", text)
        assert (hooks, excluded) == (2, 1), f"{config} has another shape: {hooks}, {excluded}"
        config.write_text(text)

    def _closed_at_end(self, part):
        self._closers.append(part.close)
        return part

    def _ended(self, name, status):
        self.unexpected_ends.append((time.monotonic(), name, status))
        self.disturbed()

    def start(self):
        for daemon in (self.postgres, self.server, self.second, self.media_mtx):
            daemon.start()
        wait_until(lambda: not self.not_up(), 60, f"all programs answer; logs: {self.directory}")

    def api(self, timeout=10):
        return AnyServer(self._origins, self.secret, timeout)

    def media_paths(self, timeout):
        answer = requests.get(self.media_api + "/v3/paths/list?itemsPerPage=1000000",
                              timeout=timeout, auth=control_credential(self.directory))
        answer.raise_for_status()
        return answer.json()["items"]

    # A fault begins and ends; samples during that time prove nothing.
    def disturbed(self, faults=0):
        with self._lock:
            self._faults += faults
            self._disturbances += 1

    def disturbances(self):
        with self._lock:
            return self._disturbances

    def faults(self):
        with self._lock:
            return self._faults

    def not_up(self):
        """Returns which program does not answer; None when all do."""
        if self.faults():
            return "fault"
        if not self.postgres.answers():
            return "PostgreSQL does not answer"
        try:
            self.media_paths(timeout=2)
        except (requests.RequestException, ValueError):
            return "MediaMTX does not answer"
        for origin in self._origins:
            try:
                ready = requests.get(origin + "/readyz", timeout=3)
            except requests.RequestException:
                return "a server does not answer"
            if ready.status_code != 200:
                return "a server is not ready"
        return None

    def close(self):
        for close in reversed(self._closers):
            close()
        self._closers = []
