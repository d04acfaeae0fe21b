#!/usr/bin/env python3
"""Measures what it costs to supervise many streams: the server's processor time for each poll of a node with
100 live streams, and the rhythm that it keeps with 20 nodes and 1,000 live streams, with 20 more that hang, and with
300 nodes. The nodes are imitated
(their lists have the size and the shape of MediaMTX's). Prints one table; exit code 1: a target was missed.

  poll.py [--seconds N]
"""

import argparse
import contextlib
import http.client
import http.server
import json
import os
import pathlib
import statistics
import sys
import tempfile
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from stack import PORTS, Server, binaries  # noqa: E402
from support import free_port, wait_until  # noqa: E402
from table import Table  # noqa: E402

STARTED = "2026-01-01T00:00:00Z"
READER = {"type": "rtspSession", "id": str(uuid.uuid4())}


class ImitatedNode:
    """Answers what the server asks of a MediaMTX, with RTMP publishers that send all the time."""

    def __init__(self, name):
        self.name = name
        self.paths = {}  # name → connection
        self.polls = []  # the times of requests for the list
        self.port = free_port()
        self.hangs = threading.Event()
        self.goes_on = threading.Event()
        node = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                route = self.path.partition("?")[0]
                if node.hangs.is_set():
                    node.goes_on.wait(20)
                if route == "/v3/info":
                    answer = {"version": "v1.20.1", "started": STARTED}
                elif route == "/v3/paths/list":
                    node.polls.append(time.monotonic())
                    answer = node.list([node.path(name, id) for name, id in node.paths.items()])
                else:
                    answer = node.list([])
                body = json.dumps(answer).encode()
                with contextlib.suppress(ConnectionError):  # the server may have waited long enough
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def list(items):
        return {"itemCount": len(items), "pageCount": 1, "items": items}

    @staticmethod
    def path(name, connection):
        received = int(time.monotonic() * 500_000)
        return {
            "name": name, "confName": "all_others", "ready": True, "readyTime": STARTED,
            "available": True, "availableTime": STARTED, "online": True, "onlineTime": STARTED,
            "source": {"type": "rtmpConn", "id": connection}, "tracks": ["H264", "MPEG-4 Audio"],
            "tracks2": [{"codec": "H264", "codecProps": {"width": 1920, "height": 1080}},
                        {"codec": "MPEG-4 Audio", "codecProps": {"sampleRate": 48000}}],
            "inboundBytes": received, "outboundBytes": 2 * received, "inboundFramesInError": 0,
            "bytesReceived": received, "bytesSent": 2 * received, "readers": [READER, READER]}


class Bench:
    def __init__(self, directory, nodes, streams):
        self.nodes = [ImitatedNode("default")] + [ImitatedNode(f"n{number}")
                                                  for number in range(1, nodes)]
        ports = {name: free_port() for name in PORTS} | {"api": self.nodes[0].port}
        self.server = Server(binaries()[0], ports, directory, LOG_LEVEL="info")
        self.server.wait_until_ready()
        self.api = self.server.api()
        for node in self.nodes[1:]:
            self.register(node)
        owner = self.api.create_broadcaster()
        for node in self.nodes:
            for _ in range(streams // nodes):
                self.publish(node, owner)
        wait_until(lambda: len(self.api.live()) == streams, 30, "all streams are live")

    def publish(self, node, owner):
        key = self.api.create_key(owner)
        connection = str(uuid.uuid4())
        self.api.call("POST", f"/auth/{node.name}", {
            "user": "", "password": key["key_value"], "ip": "192.0.2.7", "action": "publish",
            "path": key["playback_path"], "protocol": "rtmp", "id": connection, "query": ""})
        node.paths[key["playback_path"]] = connection

    def processor_seconds(self):
        text = pathlib.Path(f"/proc/{self.server.program.process.pid}/stat").read_text()
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def polling_seconds(self):
        """The processor time that the threads that poll the nodes have used."""
        total = 0
        for task in pathlib.Path(f"/proc/{self.server.program.process.pid}/task").iterdir():
            if (task / "comm").read_text().startswith("poll "):
                total += int((task / "schedstat").read_text().split()[0])
        assert total, "no thread polls"
        return total / 1e9

    def polling_threads(self):
        tasks = pathlib.Path(f"/proc/{self.server.program.process.pid}/task")
        return sum((task / "comm").read_text().startswith("poll ") for task in tasks.iterdir())

    def add_hanging(self, count):
        """Adds nodes that accept every request and answer none."""
        for number in range(count):
            node = ImitatedNode(f"hanging{number}")
            node.hangs.set()
            self.nodes.append(node)
            self.register(node)

    def register(self, node):
        self.api.call("POST", "/nodes", {"name": node.name,
                                         "api_url": f"http://127.0.0.1:{node.port}"}, 201)

    def measure(self, seconds):
        """(processor time of the polling threads a poll, share of a processor that the whole server used,
        pauses between the polls of each node that answers)."""
        for node in self.nodes:
            node.polls.clear()
        before, polling_before = self.processor_seconds(), self.polling_seconds()
        time.sleep(seconds)
        used = self.processor_seconds() - before
        polling = self.polling_seconds() - polling_before
        polls = [list(node.polls) for node in self.nodes if not node.hangs.is_set()]
        pauses = [later - earlier for each in polls for earlier, later in zip(each, each[1:])]
        return polling / sum(map(len, polls)), used / seconds, pauses

    def scrapes(self, count):
        """The times of scrapes over one connection, with the metrics of each stream."""
        connection = http.client.HTTPConnection(*self.server.metrics_address(), timeout=5)
        times = []
        for _ in range(count):
            time.sleep(0.05)
            begun = time.perf_counter()
            connection.request("GET", "/metrics")
            text = connection.getresponse().read()
            times.append(time.perf_counter() - begun)
        assert text.count(b"\nrescuestream_stream_live{") == sum(len(node.paths) for node in self.nodes)
        return times

    def stop(self):
        for node in self.nodes:
            node.goes_on.set()
        self.server.program.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30)
    seconds = parser.parse_args().seconds
    table = Table()
    for nodes, hanging, streams in ((1, 0, 0), (1, 0, 100), (20, 0, 1000), (20, 20, 1000), (300, 0, 0)):
        with tempfile.TemporaryDirectory() as directory:
            bench = Bench(pathlib.Path(directory), nodes, streams)
            bench.add_hanging(hanging)
            cost, share, pauses = bench.measure(seconds)
            what = f"{nodes} node{'s' if nodes > 1 else ''}, {streams} live streams"
            if hanging:
                what += f", {hanging} hang"
            table.figure(f"{what}: processor time a poll", 1000 * cost, "ms", 5)
            table.figure(f"{what}: the whole server", 100 * share, "% of a processor", 10 + nodes / 10)
            table.figure(f"{what}: threads that poll", bench.polling_threads(), "", 66)
            table.times(f"{what}: from poll to poll", pauses, 2, 1)
            if streams and not hanging:
                scrape = statistics.median(bench.scrapes(100))
                table.figure(f"{what}: a scrape (p50)", 1000 * scrape, "ms", 5)
            bench.stop()
    return 1 if table.missed else 0


sys.exit(main())
