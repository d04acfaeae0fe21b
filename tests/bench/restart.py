#!/usr/bin/env python3
"""Measures what a restart of MediaMTX costs its publishers: RTMP encoders that try again all the time meet a
MediaMTX that was just started; it is killed, started again, and they come back. Prints one table; exit code 1:
a target was missed.

  restart.py [--encoders N]

Programs are found as the end-to-end tests find them (RESCUESTREAM_SERVER, RESCUESTREAM_CLI, MEDIAMTX_BIN).
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import media  # noqa: E402
from stack import Stack  # noqa: E402
from support import wait_until  # noqa: E402
from table import Table  # noqa: E402

PAUSE = 0.2  # seconds, that an encoder waits after it was refused or removed


class Encoder:
    """ffmpeg over RTMP, started again whenever it ends."""

    def __init__(self, clip, address):
        self._command = ["ffmpeg", "-nostdin", "-loglevel", "quiet", "-re", "-stream_loop", "-1", "-i",
                         str(clip), "-c", "copy", "-f", "flv", address]
        self._closing = threading.Event()
        self._process = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._closing.is_set():
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)
            self._process.wait()
            self._closing.wait(PAUSE)

    def close(self):
        self._closing.set()
        self._process.kill()
        self._thread.join()


class Comeback:
    """Measures from MediaMTX's start until every encoder publishes and is listed."""

    def __init__(self, stack, paths):
        self._media_mtx = stack.media_mtx
        self._api = stack.server.api()
        self._waits_for = set(paths)
        self._start = time.monotonic()
        stack.media_mtx.start()
        self.ready, self.listed, self.ids = {}, {}, {}
        watchers = [threading.Thread(target=self._watch, args=(self.ready, self._ready)),
                    threading.Thread(target=self._watch, args=(self.listed, self._listed))]
        for watcher in watchers:
            watcher.start()
        for watcher in watchers:
            watcher.join()

    def _watch(self, seen, look):
        deadline = self._start + 120
        while self._waits_for - seen.keys():
            assert time.monotonic() < deadline, f"still not there: {self._waits_for - seen.keys()}"
            for path in look():
                seen.setdefault(path, time.monotonic())

    def _ready(self):
        return [name for name, item in self._media_mtx.paths().items() if item["ready"]]

    def _listed(self):
        live = self._api.call("GET", "/streams")["streams"]
        self.ids |= {stream["path"]: stream["id"] for stream in live}
        # Streams from before the kill, which MediaMTX does not have yet, do not count.
        return [stream["path"] for stream in live if stream["path"] in self.ready]

    def seconds(self):
        return max(self.ready[path] for path in self._waits_for) - self._start

    def delays(self):
        return [max(0.0, self.listed[path] - self.ready[path]) for path in self._waits_for]


def refusals(stack):
    return stack.server.program.output().count("publisher refused")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoders", type=int, default=100)
    count = parser.parse_args().encoders
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        clip = directory / "picture.mp4"
        media.make_clip(clip)
        stack = Stack(directory)
        api = stack.server.api()
        owner = api.create_broadcaster()
        keys = [api.create_key(owner) for _ in range(count)]
        paths = [key["playback_path"] for key in keys]
        stack.media_mtx.program.stop()
        encoders = [Encoder(clip, key["publish"]["rtmp"]) for key in keys]
        try:
            time.sleep(2)
            cold = Comeback(stack, paths)
            time.sleep(3)
            refused = refusals(stack)
            stack.media_mtx.program.kill()
            time.sleep(2)
            again = Comeback(stack, paths)
            refused = refusals(stack) - refused
        finally:
            for encoder in encoders:
                encoder.close()
            stack.stop()
        table = Table()
        table.times(f"{count} encoders, ready → listed, cold start", cold.delays(), 0.5)
        table.times(f"{count} encoders, ready → listed, restart", again.delays(), 0.5)
        table.figure("cold start: until all publish", cold.seconds(), "s", 60)
        table.figure("restart: until all publish", again.seconds(), "s", cold.seconds() + 1)
        table.figure("valid attempts refused after the restart", refused, "", 0)
        table.figure("streams with another id than before",
                     sum(cold.ids[path] != again.ids[path] for path in paths), "", 0)
        return 1 if table.missed else 0


sys.exit(main())
