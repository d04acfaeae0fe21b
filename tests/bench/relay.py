#!/usr/bin/env python3
"""Measures what a device costs that can only send a path (LEGACY_PATH_KEYS=relay), beside one that sends its key as
a credential: MediaMTX's processor time without viewers, with 1 and with 10, how much later a packet reaches a
viewer, and how long the first viewer waits. Prints one table.

  relay.py [--seconds N]

Programs are found as the end-to-end tests find them (RESCUESTREAM_SERVER, RESCUESTREAM_CLI, MEDIAMTX_BIN).
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import media  # noqa: E402
from stack import Stack  # noqa: E402
from support import Program, wait_until  # noqa: E402


def processor_seconds(program):
    text = pathlib.Path(f"/proc/{program.process.pid}/stat").read_text()
    return sum(map(int, text.rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")


class Viewer:
    """Records when each video packet arrives, by its time stamp."""

    def __init__(self, address):
        self._begun = time.monotonic()
        self.first_picture = None
        self.arrivals = {}
        self._process = subprocess.Popen(
            ["stdbuf", "-oL", "ffprobe", "-v", "error", "-rtsp_transport", "tcp",
             "-probesize", "32", "-select_streams", "v", "-show_entries", "packet=size,flags", "-of", "csv=p=0",
             address], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self):
        for line in self._process.stdout:
            now = time.monotonic()
            size, _, flags = line.strip().partition(",")
            if "K" in flags:
                self.first_picture = self.first_picture or now - self._begun
            self.arrivals.setdefault(size, []).append(now)

    def stop(self):
        self._process.kill()
        self._thread.join()


def later(direct, relayed):
    """How much later each packet arrived by the relay. A packet is recognised by its size where that is rare: the
    clip of 4 s is repeated."""
    pauses = []
    for size, moments in relayed.arrivals.items():
        others = direct.arrivals.get(size, [])
        if not others or any(later - one < 3 for one, later in zip(others, others[1:])):
            continue
        for moment in moments:
            pauses.append(min((moment - other for other in others), key=abs))
    return [pause for pause in pauses if abs(pause) < 1.5]


class Bench:
    def __init__(self, directory):
        self.directory = directory
        self.stack = Stack(directory)
        self.api = self.stack.server.api()
        self.clip = directory / "picture.mp4"
        media.make_heavy_clip(self.clip)
        self.small_clip = directory / "small.mp4"
        media.make_clip(self.small_clip)

    def encoder(self, key, is_path_only):
        name = "rtmp_path_only" if is_path_only else "rtmp"
        encoder = media.publish(self.clip, key["publish"][name], self.directory)
        wait_until(lambda: self.api.live_of(key), 15, "listed")
        return encoder

    def cost(self, is_path_only, viewers, seconds):
        """Share of a processor that MediaMTX uses."""
        key = self.api.create_key()
        encoder = self.encoder(key, is_path_only)
        address = self.api.live_of(key)["urls"]["rtsp"]
        watchers = [Program(["ffmpeg", "-loglevel", "quiet", "-rtsp_transport", "tcp", "-i", address, "-c",
                             "copy", "-f", "null", "-"], self.directory / "viewer.log")
                    for _ in range(viewers)]
        program = self.stack.media_mtx.program
        time.sleep(3)
        before = processor_seconds(program)
        time.sleep(seconds)
        used = processor_seconds(program) - before
        for each in (*watchers, encoder):
            each.stop()
        return used / seconds

    def delay(self, seconds):
        """(how much later packets arrive, the time until the first viewer's first key frame direct, by the relay): one
        encoder sends the same to both at the same moment."""
        direct_key, path_key = self.api.create_key(), self.api.create_key()
        targets = f"[f=flv]{direct_key['publish']['rtmp']}|[f=flv]{path_key['publish']['rtmp_path_only']}"
        encoder = Program(["ffmpeg", "-loglevel", "error", "-re", "-stream_loop", "-1", "-i", self.small_clip,
                           "-c", "copy",
                           "-map", "0", "-tag:v", "7", "-flags", "+global_header", "-f", "tee",
                           targets], self.directory / "tee.log")
        wait_until(lambda: self.api.live_of(direct_key) and self.api.live_of(path_key), 15, "both listed")
        viewers = [Viewer(self.api.live_of(key)["urls"]["rtsp"]) for key in (direct_key, path_key)]
        time.sleep(seconds)
        for viewer in viewers:
            viewer.stop()
        encoder.stop()
        return later(*viewers), viewers[0].first_picture, viewers[1].first_picture


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(pathlib.Path(directory))
        print(f"{'MediaMTX, % of a processor, 30 Mbit/s':<40}{'credential':>12}{'path only':>12}", flush=True)
        for viewers in (0, 1, 10):
            shares = [100 * bench.cost(is_path_only, viewers, seconds) for is_path_only in (False, True)]
            print(f"{f'{viewers} viewers':<40}{shares[0]:>12.1f}{shares[1]:>12.1f}", flush=True)
        rounds = [bench.delay(seconds) for _ in range(5)]
        pauses = sorted(pause for pauses, _, _ in rounds for pause in pauses)
        print(f"packets by the relay come later by (ms)  p50 {1000 * statistics.median(pauses):.1f}, "
              f"p95 {1000 * pauses[int(0.95 * len(pauses))]:.1f}, n {len(pauses)}")
        print("first viewer's first key frame (ms, 5 rounds)  "
              f"credential {sorted(round(1000 * first) for _, first, _ in rounds)}, "
              f"path only {sorted(round(1000 * first) for _, _, first in rounds)}")
        bench.stack.stop()
    return 0


sys.exit(main())
