"""The servers that are measured: ours, a bare route, and any other one."""

import contextlib
import http.client
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import time
import urllib.parse

import load
import questions as q


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A server on 127.0.0.1, and how to speak to it as an administrator."""

    def __init__(self, name, port, secret="", pid=0, process=None, log=None):
        self.name, self.port, self.secret, self.pid = name, port, secret, pid
        self.process, self.log = process, log
        self.signed = False

    def is_running(self):
        if self.process is not None:
            return self.process.poll() is None
        return self.pid == 0 or os.path.exists(f"/proc/{self.pid}")

    def wait_until_it_listens(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.is_running():
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
                connection.request("GET", "/health")
                # Ours listens before its database is ready, and answers 503 until then.
                if connection.getresponse().status != 503:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not listen\n{self.last_words()}")

    def last_words(self):
        if self.log is None:
            return ""
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]

    def admin(self, method, path, body=None):
        return q.admin(method, path, self.secret, body, self.signed)

    def find_out_credentials(self):
        """The secret alone, or what the Go service requires: a signature with it."""
        for self.signed in (False, True):
            asked = load.run(self, [(self.admin("GET", "/broadcasters"), 200)])
            if not asked["wrong"] and not asked["failed"]:
                return
        raise RuntimeError(f"{self.name} answers GET /broadcasters with {asked['statuses']}")

    def make_broadcaster(self):
        call = (self.admin("POST", "/broadcasters", {"display_name": "Bench"}), 201)
        return load.answers(self, [call])[0]["id"]

    def make_keys(self, count, broadcaster):
        """New keys, created through the API."""
        call = (self.admin("POST", "/stream-keys", {"broadcaster_id": broadcaster}), 201)
        keys = load.answers(self, [call] * count)
        return [q.Key(key["key_value"], key.get("playback_path", "live/unit")) for key in keys]

    def resident_mib(self):
        """None: not known. Source: proc(5), VmRSS."""
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{self.pid}/status").read_text("ascii").splitlines():
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1024
        return None

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def stop(self):
        """The exit code. One that does not end when it is asked to is killed."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=20 * load.TIME_FACTOR)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def _start(name, command, environment, work_dir, port, secret="", log=None):
    log = pathlib.Path(log or f"{work_dir}/{name.replace(' ', '-')}-{port}.log")
    with open(log, "wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output,
                                   stderr=output, cwd=work_dir)
    server = Server(name, port, secret, process.pid, process, log)
    try:
        server.wait_until_it_listens()
    except RuntimeError:
        server.stop()
        raise
    return server


def start(name, program, database, work_dir, log=None, more=None):
    """Ours, or any other one that has the Go service's settings. `log` is kept, `more` are further settings."""
    port, secret = free_port(), secrets.token_hex(24)
    data = pathlib.Path(work_dir, f"data-{port}")
    data.mkdir()
    environment = {
        "API_PORT": str(port), "API_SECRET": secret, "DATABASE_URL": database,
        "DATA_DIR": str(data), "LOG_LEVEL": "error", "METRICS_ENABLED": "false",
        "API_RATE_LIMIT": "0",
        "WRONG_KEYS_PER_MINUTE": "0",
        # Nothing listens on this port: a media server that answers would report that it does not have
        # our invented streams, and they would end.
        "MEDIAMTX_API_URL": "http://127.0.0.1:1", "NODE_LOST_AFTER": "86400",
    } | (more or {})
    return _start(name, [program], environment, work_dir, port, secret, log)


def start_bare_route(program, work_dir):
    port = free_port()
    return _start("bare route", [program, str(port)], {}, work_dir, port)


def running(name, url, secret, pid):
    """A server that is already running."""
    port = urllib.parse.urlsplit(url).port
    if port is None:
        raise RuntimeError(f"{url} has no port")
    return Server(name, port, secret, pid or 0)
