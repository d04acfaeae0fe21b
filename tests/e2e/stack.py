"""rescuestream-server and a real MediaMTX, as in an installation."""

import base64
import hashlib
import hmac
import os
import pathlib
import re
import secrets
import subprocess

import requests

from api import Api
from support import Program, clean_environment, free_port, wait_until


PORTS = ("http", "api", "rtsp", "rtp", "rtmp", "hls", "webrtc", "webrtc-udp", "srt")


def control_credential(directory, node=None, api_url=None):
    """User and password for MediaMTX's control interface, as server and command line derive them."""
    secret = installation_secret(directory)
    digest = hmac.new(secret.encode(), f"node\n{node or 'default'}\n{api_url if node else ''}".encode(), hashlib.sha256)
    return "rescuestream", base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def installation_secret(directory):
    """What the server derives everything from."""
    return (directory / "mediamtx-api-secret").read_text().strip()


class MediaMtx:
    """MediaMTX with a configuration file; its ports are those of the stack. `credential()`: user and password
    for its control interface; None: it asks for none."""

    def __init__(self, binary, file, ports, directory, environment=None, credential=None):
        self.api = f"http://127.0.0.1:{ports['api']}"
        self.credential = credential
        self._command = [binary, file]
        self._log = directory / "mediamtx.log"
        # An environment variable, because old releases refuse to start when the file has this setting.
        self._environment = clean_environment() | {"MTX_MOQ": "no"} | (environment or {})
        self.start()

    def start(self):
        self.program = Program(self._command, self._log, self._environment)
        wait_until(self._answers, 10, f"MediaMTX answers\n{self._log.read_text()}")

    def _answers(self):
        assert self.program.running(), self.program.output()
        try:
            # Without a credential it is refused at once, also while no server answers MediaMTX.
            status = requests.get(self.api + "/v3/paths/list", timeout=5).status_code
            return status == (401 if self.credential else 200)
        except requests.ConnectionError:
            return False

    def call(self, method, path, **options):
        """Returns the answer of the control interface."""
        return requests.request(method, self.api + path, timeout=15,
                                auth=self.credential() if self.credential else None, **options)

    def paths(self):
        answer = self.call("GET", "/v3/paths/list?itemsPerPage=1000")
        return {item["name"]: item for item in answer.json()["items"]}

    def has_source(self, path):
        """Returns True when there is a publisher, whether it is ready or not."""
        item = self.paths().get(path)
        return item is not None and (item["ready"] or item["source"] is not None)

    def ready(self, path):
        item = self.paths().get(path)
        return item is not None and item["ready"]

    def version(self):
        text = self.call("GET", "/v3/info").json()["version"]
        return tuple(int(part) for part in text.strip().lstrip("v").split("-")[0].split("."))

    def connections(self, kind):
        return self.call("GET", f"/v3/{kind}/list").json()["items"]

    def kick(self, kind, connection):
        answer = self.call("POST", f"/v3/{kind}/kick/{connection}")
        assert answer.status_code == 200, answer.text


def server_environment(ports, directory, secret):
    """The settings of a server on SQLite for a MediaMTX on these ports."""
    return clean_environment() | {
        "API_HOST": "127.0.0.1", "API_PORT": str(ports["http"]), "API_SECRET": secret,
        "DATABASE_URL": f"sqlite:{directory}/rescuestream.db", "DATA_DIR": str(directory),
        "METRICS_PORT": "0", "METRICS_PER_STREAM": "true", "LOG_LEVEL": "debug",
        "MEDIAMTX_API_URL": f"http://127.0.0.1:{ports['api']}",
        "MEDIAMTX_PUBLIC_URL": f"http://127.0.0.1:{ports['webrtc']}",
        "MEDIAMTX_HLS_URL": f"http://127.0.0.1:{ports['hls']}",
        "MEDIAMTX_RELAY_URL": f"rtsp://127.0.0.1:{ports['rtsp']}",
        "MEDIAMTX_RTSP_URL": f"rtsp://127.0.0.1:{ports['rtsp']}",
        "MEDIAMTX_RTMP_URL": f"rtmp://127.0.0.1:{ports['rtmp']}",
        "MEDIAMTX_SRT_URL": f"srt://127.0.0.1:{ports['srt']}",
    }


class Server:
    """rescuestream-server on SQLite."""

    def __init__(self, binary, ports, directory, **settings):
        self.origin = f"http://127.0.0.1:{ports['http']}"
        self.secret = secrets.token_urlsafe(24)
        self._command = [binary]
        self._log = directory / "server.log"
        self._environment = server_environment(ports, directory, self.secret) | settings
        self.start()

    def start(self):
        self.program = Program(self._command, self._log, self._environment)

    def wait_until_ready(self):
        wait_until(self._is_ready, 15, f"the server is ready\n{self._log.read_text()}")

    def _is_ready(self):
        assert self.program.running(), self.program.output()
        try:
            return requests.get(self.origin + "/readyz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def metrics_address(self):
        """(host, port) of the metrics."""
        lines = [line for line in self._log.read_text().splitlines() if "metrics are served" in line]
        host, port = re.search(r"(127\.0\.0\.1):(\d+)", lines[-1]).groups()
        return host, int(port)

    def metrics(self):
        """Returns the text of a scrape."""
        host, port = self.metrics_address()
        answer = requests.get(f"http://{host}:{port}/metrics", timeout=5)
        assert answer.status_code == 200, answer.text
        return answer.text

    def api(self, signed=False):
        return Api(self.origin, self.secret, signed)


def binaries():
    """(server, command line, MediaMTX); the first two from the build directory."""
    build = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "bin"
    return (os.environ.get("RESCUESTREAM_SERVER") or build / "rescuestream-server",
            os.environ.get("RESCUESTREAM_CLI") or build / "rescuestream-cli",
            os.environ.get("MEDIAMTX_BIN") or "mediamtx")


def configure_media_mtx(command_line, ports, secret_file, server_url, file, node=None, more=()):
    """Lets the command line write MediaMTX's configuration. `more`: further options."""
    options = [word for name in PORTS if name != "http"
               for word in (f"--{name}-port", str(ports[name]))]
    if node:
        options += ["--node", node]
    run = subprocess.run(
        [command_line, "mediamtx", "config", "--server-url", server_url, "--bind", "127.0.0.1",
         "--media-secret-file", secret_file, "--output", file, *options, *map(str, more)], check=False, text=True,
        env=clean_environment() | {"DATA_DIR": str(file.parent)}, stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE)
    assert run.returncode == 0, run.stderr


class Stack:
    """Both programs. MediaMTX's configuration is what `rescuestream-cli mediamtx config` prints,
    with a secret that proves to the server that a request comes from MediaMTX. `more`: its further options.
    `edit(text)` returns what the owner of MediaMTX makes of that configuration."""

    def __init__(self, directory, more=(), edit=None, **settings):
        self.directory = directory
        self.ports = {name: free_port() for name in PORTS}
        server, command_line, media_mtx = binaries()
        media_secret = secrets.token_urlsafe(24)
        secret_file = directory / "media-secret"
        secret_file.touch(mode=0o600)
        secret_file.write_text(media_secret)
        config = directory / "mediamtx.yml"
        configure_media_mtx(command_line, self.ports, secret_file,
                            f"http://127.0.0.1:{self.ports['http']}", config, more=more)
        self.media_secret = media_secret
        if edit:
            config.write_text(edit(config.read_text()))
        self.server = Server(server, self.ports, directory, MEDIA_SECRET=media_secret, **settings)
        self.media_mtx = MediaMtx(media_mtx, config, self.ports, directory,
                                  credential=lambda: control_credential(directory))
        self.server.wait_until_ready()

    def command_line(self, *words):
        """Returns the output of rescuestream-cli, which uses the server's database itself."""
        run = subprocess.run([binaries()[1], *words], check=False, text=True, stdin=subprocess.DEVNULL,
                             capture_output=True, timeout=30,
                             env=server_environment(self.ports, self.directory, self.server.secret))
        assert run.returncode == 0, run.stderr
        return run.stdout

    def revive(self):
        if not self.media_mtx.program.running():
            self.media_mtx.start()
        if not self.server.program.running():
            self.server.start()
            self.server.wait_until_ready()

    def stop(self):
        self.revive()
        media_mtx, server = self.media_mtx.program.stop(), self.server.program.stop()
        assert server == 0, self.server.program.output()
        assert media_mtx == 0, self.media_mtx.program.output()
