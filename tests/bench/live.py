#!/usr/bin/env python3
"""Measures what people wait for, on a real MediaMTX with ffmpeg encoders: how soon a stream is listed, how
soon it leaves the list, how soon a revoked one is gone. Prints one table; exit code 1: a target was missed.

  live.py [--rounds N]

Programs are found as the end-to-end tests find them (RESCUESTREAM_SERVER, RESCUESTREAM_CLI, MEDIAMTX_BIN).
"""

import argparse
import concurrent.futures
import datetime
import json
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


# A change is logged at most so many seconds after it was made.
LOGGED_AFTER = 0.2


class Moments:
    """When each of several conditions became true, all of them checked every few milliseconds."""

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


def lags_of(polls, answers):
    """For each answer of the list, seconds that it is behind MediaMTX at most. It is behind when it lacks a
    stream that MediaMTX had shown before the list was asked for, and still shows after the answer; then
    since the beginning of the last poll that did not show it."""
    lags = []
    for asked, answered, listed in answers:
        after = next((i for i, poll in enumerate(polls) if poll[0] >= answered), None)
        if after is None:
            continue  # there was no later poll of MediaMTX
        lag = 0.0
        for path in polls[after][2] - listed:
            lacking = next((i for i in range(after, -1, -1) if path not in polls[i][2]), None)
            if lacking is not None and polls[lacking + 1][1] <= asked:
                lag = max(lag, asked - polls[lacking][0])
        lags.append(lag)
    return lags


def lags_of_known(changes, answers):
    """For each answer, seconds that the server had known of the first stream that the answer lacks.
    `changes`: (time, path, whether it is live from then on), in the order of the time."""
    lags = []
    for asked, answered, listed in answers:
        since = {}
        for at, path, is_live in changes:
            if is_live and at < asked:
                since[path] = at
            elif not is_live and at < answered + LOGGED_AFTER:
                since.pop(path, None)
        lags.append(max((asked - at for path, at in since.items() if path not in listed), default=0.0))
    return lags


def hook_times(polls, changes):
    """For each stream that started or resumed, seconds from the beginning of the last poll of MediaMTX that
    did not show it until a hook had reported it to the server, which had stored it."""
    times = []
    for at, path, is_live in changes:
        if not is_live:
            continue
        lacking = [poll[0] for poll in polls if poll[0] < at and path not in poll[2]]
        if lacking:
            times.append(at - lacking[-1])
    return times


class Bench:
    def __init__(self, directory, hooks):
        # The measurement sends requests all the time: no limit may refuse them.
        self.stack = Stack(directory, API_RATE_LIMIT="0")
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
        """While two read the list all the time and streams come and go, in seconds: what a hook takes; how
        far each answer lags behind MediaMTX, and behind what the server knows (0: it lacks no stream)."""
        keys = [self.api.create_key() for _ in range(encoders)]
        own = {key["playback_path"] for key in keys}
        stopping = threading.Event()
        polls, answers = [], []  # (begun, ended, paths)

        def poll_media_mtx():
            return {name for name, item in self.stack.media_mtx.paths().items() if item["ready"]}

        def read_list():
            return {stream["path"] for stream in self.api.live()}

        def repeat(read, into):
            while not stopping.is_set():
                begun = time.time()
                paths = read() & own
                into.append((begun, time.time(), paths))

        with concurrent.futures.ThreadPoolExecutor() as threads:
            running = [threads.submit(repeat, *what) for what in (
                (poll_media_mtx, polls), (read_list, answers), (read_list, answers))]
            try:
                self.come_and_go(keys, rounds)
            finally:
                stopping.set()
        for thread in running:
            thread.result()
        changes = [change for change in self.known_changes() if change[1] in own]
        return (hook_times(polls, changes), lags_of(polls, answers),
                lags_of_known(changes, answers))

    def known_changes(self):
        """What the server has logged of streams: (time, path, whether it is live from then on)."""
        changes = []
        for line in self.stack.server.program.output().splitlines():
            entry = json.loads(line)
            what = entry["message"].removeprefix("stream ")
            if what in ("started", "resumed", "interrupted", "ended"):
                at = datetime.datetime.fromisoformat(entry["time"]).timestamp()
                changes.append((at, entry["path"], what in ("started", "resumed")))
        assert changes, "the server logged no stream"
        return changes

    def come_and_go(self, keys, rounds):
        for _ in range(rounds):
            running = [self.publish(key) for key in keys]
            wait_until(lambda: all(self.listed(key) for key in keys), 15, "all are listed")
            for encoder in running:
                encoder.kill()
            wait_until(lambda: not any(self.listed(key) for key in keys), 15, "all have left")

    def freeze(self):
        """Seconds from the last byte of an encoder until it leaves the list, and until another one that
        tries all the time has its key."""
        key = self.api.create_key()
        encoder = self.publish(key)
        wait_until(lambda: self.listed(key), 15, "listed")
        time.sleep(1.2)  # so that a poll of the server has seen bytes
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
        """The same between the encoder's acceptance and its first picture, when its connection has no path yet."""
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
        assert gone > 0, "it ended before its key expired"
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
        # What a hook takes is starting a program, several at once here, and asking MediaMTX.
        hooks, lags, lags_of_known_streams = bench.watch_churn(rounds=rounds // 2)
        table.times("ready in MediaMTX → reported by hook, four at once", hooks, 0.3)
        table.times("list behind MediaMTX meanwhile", lags, max(hooks), 1)
        table.times("list behind what the server knows", lags_of_known_streams, 0, 1)
        behind = [lag for lag in lags if lag > 0]
        print(f"{100 * len(behind) / len(lags):.1f} % of the answers lack a stream that MediaMTX has")
        for way in ("rtsp", "rtmp"):
            pairs = [bench.revoke(way) for _ in range(rounds)]
            table.times(f"revoke → gone from MediaMTX, {way}", [gone for gone, _ in pairs], 0.05)
            table.times(f"revoke → answer, {way}", [answer for _, answer in pairs], 2, 1)
        if bench.stack.media_mtx.version() >= (1, 20, 1):  # older ones send the request only after the first picture
            table.times("revoke → gone, between acceptance and first picture",
                        [bench.revoke_unready() for _ in range(few)], 2, 1)
        table.times("key expires → gone from MediaMTX", [bench.expire() for _ in range(few)], 5, 1)
        pairs = [bench.freeze() for _ in range(few)]
        table.times("encoder frozen → off the list", [left for left, _ in pairs], 6, 1)
        table.times("encoder frozen → another one has its key", [taken for _, taken in pairs], 6, 1)
        bench.stack.stop()
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(pathlib.Path(directory), hooks=False)
        pairs = [bench.go_live() for _ in range(rounds)]
        table.times("ready in MediaMTX → listed, every hook lost", [up for up, _ in pairs], 2.5)
        table.times("encoder killed → off the list, every hook lost", [down for _, down in pairs], 5, 1)
        bench.stack.stop()
    return 1 if table.missed else 0


sys.exit(main())
