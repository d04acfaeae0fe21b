#!/usr/bin/env python3
"""Measures what people wait for, on a real MediaMTX with ffmpeg encoders: how soon a stream is listed, how
soon it leaves the list, how soon a revoked one is gone. Prints one table; exit code 1: a target was missed.

  live.py [--rounds N]

Programs are found as the end-to-end tests find them (RESCUESTREAM_SERVER, RESCUESTREAM_CLI, MEDIAMTX_BIN).
"""

import argparse
import datetime
import pathlib
import re
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import media  # noqa: E402
from stack import Stack  # noqa: E402
from support import wait_until  # noqa: E402
from table import Table  # noqa: E402


class Moments:
    """When each of several conditions became true, looked at side by side every few milliseconds."""

    def __init__(self, **conditions):
        self.at = {}
        self._threads = [threading.Thread(target=self._watch, args=item)
                         for item in conditions.items()]
        for thread in self._threads:
            thread.start()

    def _watch(self, name, condition):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if condition():
                self.at[name] = time.monotonic()
                return
            time.sleep(0.002)

    def wait(self):
        for thread in self._threads:
            thread.join()
        return self.at


class Bench:
    def __init__(self, directory, hooks):
        self.stack = Stack(directory)
        self.api = self.stack.server.api()
        self.directory = directory
        self.clip = directory / "picture.mp4"
        media.make_clip(self.clip)
        if not hooks:
            self.lose_hooks()

    def lose_hooks(self):
        self.stack.media_mtx.program.stop()
        config = self.directory / "mediamtx.yml"
        text, changed = re.subn(r"(?m)^\s*runOn\w+:.*\n", "", config.read_text())
        assert changed >= 2
        config.write_text(text)
        self.stack.media_mtx.start()

    def publish(self, key, way="rtsp"):
        return media.publish(self.clip, key["publish"][way], self.directory)

    def listed(self, key):
        return self.api.live_of(key) is not None

    def go_live(self):
        """Seconds from MediaMTX's "ready" to the list, and the way back."""
        key = self.api.create_key()
        path = key["playback_path"]
        encoder = self.publish(key)
        at = Moments(ready=lambda: self.stack.media_mtx.ready(path),
                     listed=lambda: self.listed(key)).wait()
        encoder.kill()
        start = time.monotonic()
        wait_until(lambda: not self.listed(key), 30, "left the list")
        return max(0.0, at["listed"] - at["ready"]), time.monotonic() - start

    def watch_churn(self, encoders=4, rounds=5):
        """How far the list is behind MediaMTX while several look at it all the time and streams come and
        go: for each sample, seconds since the first of those paths became ready that the list lacks (0: none)."""
        keys = [self.api.create_key() for _ in range(encoders)]
        paths = {key["playback_path"]: key for key in keys}
        ready_since, lags, stopping = {}, [], threading.Event()

        def look_at_media_mtx():
            while not stopping.is_set():
                now = time.monotonic()
                seen = {path for path in paths if self.stack.media_mtx.ready(path)}
                for path in set(ready_since) - seen:
                    ready_since.pop(path, None)
                for path in seen:
                    ready_since.setdefault(path, now)

        def look_at_list():
            while not stopping.is_set():
                asked = time.monotonic()
                before = dict(ready_since)
                listed = {stream["path"] for stream in self.api.live()}
                after = dict(ready_since)
                late = [asked - since for path, since in before.items()
                        if path not in listed and after.get(path) == since]
                lags.append(max(late, default=0.0))

        threads = [threading.Thread(target=target)
                   for target in (look_at_media_mtx, look_at_list, look_at_list)]
        for thread in threads:
            thread.start()
        for _ in range(rounds):
            running = [self.publish(key) for key in keys]
            wait_until(lambda: all(self.listed(key) for key in keys), 15, "all are listed")
            for encoder in running:
                encoder.kill()
            wait_until(lambda: not any(self.listed(key) for key in keys), 15, "all have left")
        stopping.set()
        for thread in threads:
            thread.join()
        return lags

    def freeze(self):
        """Seconds from the last byte of an encoder until it leaves the list, and until another one that
        tries all the time has its key."""
        key = self.api.create_key()
        encoder = self.publish(key)
        wait_until(lambda: self.listed(key), 15, "listed")
        time.sleep(1.2)  # so that a look of the server has seen bytes
        encoder.process.send_signal(19)
        start = time.monotonic()
        wait_until(lambda: not self.listed(key), 30, "left the list")
        left = time.monotonic() - start
        second = media.StubbornEncoder(self.clip, key["publish"]["rtsp"], self.directory)
        wait_until(lambda: self.listed(key), 30, "taken over")
        taken = time.monotonic() - start
        second.stop()
        encoder.kill()
        return left, taken

    def revoke(self, way):
        """Seconds from the call to the path's end, with an encoder that comes back at once."""
        key = self.api.create_key()
        path = key["playback_path"]
        encoder = media.StubbornEncoder(self.clip, key["publish"][way], self.directory)
        wait_until(lambda: self.listed(key), 15, "listed")
        moments = {}

        def look():
            while path in self.stack.media_mtx.paths():
                pass
            moments["gone"] = time.monotonic()

        thread = threading.Thread(target=look)
        start = time.monotonic()
        thread.start()
        self.api.call("POST", f"/stream-keys/{key['id']}/revoke")
        answered = time.monotonic() - start
        thread.join()
        again = any(path in self.stack.media_mtx.paths() for _ in range(100))
        assert not again, "a revoked key came back"
        encoder.stop()
        return moments["gone"] - start, answered


    def revoke_unready(self):
        """The same between the encoder's acceptance and its picture, when its connection has no path yet."""
        key = self.api.create_key()
        encoder = self.publish(key, "rtmp")
        wait_until(lambda: self.api.call("GET", f"/stream-keys/{key['id']}").get("last_used_at"), 5,
                   "accepted")
        assert len(self.stack.media_mtx.connections("rtmpconns")) == 1
        start = time.monotonic()
        self.api.call("POST", f"/stream-keys/{key['id']}/revoke")
        while self.stack.media_mtx.connections("rtmpconns"):
            pass
        gone = time.monotonic() - start
        wait_until(lambda: not encoder.running(), 10, "the encoder ended")
        return gone

    def expire(self):
        """Seconds from the end of a live key until its path is gone."""
        expires_at = time.time() + 4
        key = self.api.create_key(expires_at=datetime.datetime.fromtimestamp(
            expires_at, datetime.timezone.utc).isoformat())
        path = key["playback_path"]
        encoder = self.publish(key)
        wait_until(lambda: self.listed(key), 3.5, "listed")
        while path in self.stack.media_mtx.paths():
            time.sleep(0.002)
        gone = time.time() - expires_at
        assert gone > 0, "it went before its time"
        encoder.stop()
        return gone


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    few = max(3, rounds // 4)
    table = Table()
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(pathlib.Path(directory), hooks=True)
        pairs = [bench.go_live() for _ in range(rounds)]
        table.times("ready in MediaMTX → listed, by hook", [up for up, _ in pairs], 0.3)
        table.times("encoder killed → off the list, by hook", [down for _, down in pairs], 5, 1)
        # One hook's time is what starting a program and asking MediaMTX takes.
        table.times("list behind MediaMTX while streams come and go", bench.watch_churn(rounds=rounds // 2),
                    0.1, 1)
        for way in ("rtsp", "rtmp"):
            pairs = [bench.revoke(way) for _ in range(rounds)]
            table.times(f"revoke → gone from MediaMTX, {way}", [gone for gone, _ in pairs], 0.05)
            table.times(f"revoke → answer, {way}", [answer for _, answer in pairs], 2, 1)
        if bench.stack.media_mtx.version() >= (1, 20, 1):  # older ones ask only when there is a picture
            table.times("revoke → gone, between acceptance and picture",
                        [bench.revoke_unready() for _ in range(few)], 2, 1)
        table.times("key expires → gone from MediaMTX", [bench.expire() for _ in range(few)], 5, 1)
        pairs = [bench.freeze() for _ in range(few)]
        table.times("encoder frozen → off the list", [left for left, _ in pairs], 6, 1)
        table.times("encoder frozen → its key is another one's", [taken for _, taken in pairs], 6, 1)
        bench.stack.stop()
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(pathlib.Path(directory), hooks=False)
        pairs = [bench.go_live() for _ in range(rounds)]
        table.times("ready in MediaMTX → listed, every hook lost", [up for up, _ in pairs], 2.5)
        table.times("encoder killed → off the list, every hook lost", [down for _, down in pairs], 5, 1)
        bench.stack.stop()
    return 1 if table.missed else 0


sys.exit(main())
