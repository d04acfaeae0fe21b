#!/usr/bin/env python3
"""Runs every command of docs/cli.md and compares what it prints with what the page shows.

  docs_test.py [--update] RESCUESTREAM_CLI RESCUESTREAM_SERVER DOCUMENT

`$ COMMAND` lines of console blocks are commands, what follows is their output. They work on one database,
beside a server whose MediaMTX is imitated here. `<!-- an encoder publishes to PATH -->` does that.
Ids, times and key values may differ. With --update the document is rewritten.
"""

import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid

ID = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
KEY = re.compile(r"sk_[A-Za-z0-9_-]{43}")
LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z]+( \((in )?[0-9a-z ]+( ago)?\))?"
                        r"|[A-Z][a-z]{2} \d+ [A-Z][a-z]{2}( \d{4})? \d\d:\d\d [A-Z]+, (in )?[0-9a-z ]+( ago)?")
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
LENGTH = re.compile(r"\b\d+ s\b")
STEP = re.compile(r"^```console\n(?P<block>.*?)^```$|^<!-- an encoder publishes to (?P<path>\S+) -->$",
                  re.M | re.S)


class MediaServer:
    """The part of MediaMTX's control interface that the server uses, with one RTMP encoder."""

    def __init__(self):
        self.encoder = None  # (connection id, path)
        self.listed = True  # False: it is only found by the path's name
        self.bytes = 0
        self.lock = threading.Lock()
        media = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                with media.lock:
                    answer = media.look(self.path.split("?")[0])
                self.answer(200, answer)

            def do_POST(self):
                found = media.kick(self.path)
                self.answer(*((200, {"status": "ok"}) if found else
                              (404, {"status": "error", "error": "connection not found"})))

            def answer(self, status, body):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def look(self, path):
        if path == "/v3/info":
            return {"version": "v1.20.1", "started": "2026-01-17T10:00:00Z"}
        items = []
        if self.encoder:
            connection, name = self.encoder
            self.bytes += 1000
            if path.startswith("/v3/paths/"):
                items = [{"name": name, "ready": True, "readyTime": "2026-01-17T10:00:00Z",
                          "source": {"type": "rtmpConn", "id": connection}, "tracks": ["H264"],
                          "readers": [], "inboundBytes": self.bytes, "outboundBytes": 0}]
                if path == f"/v3/paths/get/{name}":
                    return items[0]
                if not self.listed:
                    items = []
            elif path == "/v3/rtmpconns/list":
                items = [{"id": connection, "created": "2026-01-17T10:00:00Z", "state": "publish",
                          "remoteAddr": "127.0.0.1:40000", "path": name, "query": "",
                          "inboundBytes": self.bytes, "outboundBytes": 0}]
        return {"itemCount": len(items), "pageCount": 1 if items else 0, "items": items}

    def kick(self, path):
        found = bool(self.encoder) and path == f"/v3/rtmpconns/kick/{self.encoder[0]}"
        if found:
            self.encoder = None
        return found


class Session:
    """One database with a server, and the values that the commands have printed so far."""

    def __init__(self, cli, server):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="rescuestream-cli-docs-"))
        (self.work / "bin").mkdir()
        (self.work / "bin" / "rescuestream-cli").symlink_to(pathlib.Path(cli).resolve())
        self.server_program = pathlib.Path(server).resolve()
        self.media = MediaServer()
        self.server = None
        self.key_value = None
        ours = ("API_", "MEDIAMTX_", "MEDIA_", "DATABASE_", "RESCUESTREAM_", "DATA_DIR", "LEGACY_",
                "ON_DUPLICATE", "METRICS_", "CONFIG_FILE")
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(ours)}
        self.environment |= {
            "PATH": f"{self.work}/bin:{os.environ['PATH']}", "DATA_DIR": str(self.work / "data"),
            "MEDIAMTX_API_URL": self.media.url, "TZ": "UTC", "LC_ALL": "C.UTF-8",
            "SERVER_URL": "http://127.0.0.1:1", "SUDO_USER": "ada",
        }

    def start_server(self):
        if self.server:
            return
        self.log = (self.work / "server.log").open("w+")
        self.server = subprocess.Popen(
            [self.server_program], cwd=self.work, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, env=self.environment | {
                "API_HOST": "127.0.0.1", "API_PORT": "0", "METRICS_ENABLED": "false",
                "LOG_FORMAT": "json", "LOG_LEVEL": "info", "API_SECRET": "documentation-secret-0123456789"})
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.server.poll() is None:
            ports = re.findall(r"127\.0\.0\.1:(\d+)", pathlib.Path(self.log.name).read_text()
                               .replace(self.media.url, ""))
            for port in ports:
                url = f"http://127.0.0.1:{port}"
                try:
                    with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                        self.environment["SERVER_URL"] = url
                        return
                except OSError:
                    pass
            time.sleep(0.05)
        raise SystemExit("the server did not become ready:\n" + pathlib.Path(self.log.name).read_text())

    def post(self, path, body):
        request = urllib.request.Request(self.environment["SERVER_URL"] + path, method="POST",
                                         data=json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10):
            pass

    def publish(self, path):
        self.start_server()
        connection = str(uuid.uuid4())
        self.post("/auth", {"ip": "192.0.2.7", "user": "", "password": self.key_value, "token": "",
                            "action": "publish", "path": path, "protocol": "rtmp",
                            "id": connection, "query": "", "userAgent": ""})
        # The server learns of the stream from the hook and not from a poll.
        self.media.listed = False
        self.media.encoder = (connection, path)
        self.post("/webhook/ready", {"path": path, "source_type": "rtmpConn",
                                     "source_id": connection})
        self.media.listed = True

    def run(self, command):
        if "SERVER_URL" in command:
            self.start_server()
        environment = dict(self.environment)
        if "rescuestream-cli mediamtx" in command:
            del environment["MEDIAMTX_API_URL"]  # a written file has its port
        done = subprocess.run(["bash", "-c", command], cwd=self.work, env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{command}\nended with status {done.returncode}:\n{done.stdout}")
        value = KEY.search(done.stdout)
        if value:
            self.key_value = value.group(0)
        shown = done.stdout.replace(str(self.work / "data"), "/var/lib/rescuestream")
        return KEY.sub("sk_…", shown)

    def close(self):
        if self.server:
            self.server.send_signal(signal.SIGTERM)
            try:
                self.server.wait(15)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
        shutil.rmtree(self.work)


def comparable(text):
    text = ID.sub("ID", UTC_TIME.sub("TIME", LOCAL_TIME.sub("TIME", text)))
    text = LENGTH.sub("LENGTH", text)
    return [re.sub(r" +", " ", line).strip() for line in text.strip().splitlines()]


def main():
    update = "--update" in sys.argv
    cli, server, document = [argument for argument in sys.argv[1:] if argument != "--update"]
    document = pathlib.Path(document)
    text = document.read_text()
    session = Session(cli, server)
    count = 0
    wrong = []

    def step(match):
        nonlocal count
        if match["path"]:
            session.publish(match["path"])
            return match[0]
        out = "```console\n"
        for part in re.split(r"^\$ ", match["block"], flags=re.M)[1:]:
            command, _, expected = part.partition("\n")
            printed = session.run(command)
            count += 1
            if comparable(printed) != comparable(expected):
                wrong.append(f"$ {command}\nprints\n{printed}\ninstead of\n{expected}")
            shown = "\n".join(line.rstrip() for line in printed.splitlines())
            out += f"$ {command}\n{shown}\n" if shown else f"$ {command}\n"
        return out + "```"

    try:
        renewed = STEP.sub(step, text)
    finally:
        session.close()
    if update:
        document.write_text(renewed)
        print(f"docs: {count} commands written")
        return 0
    print("\n".join(wrong))
    print(f"docs: {count} commands, {len(wrong)} print something else")
    return 1 if wrong or count < 10 else 0


sys.exit(main())
