"""Encoders and players: ffmpeg and ffprobe."""

import itertools
import subprocess
import threading

from support import Program

_numbers = itertools.count()


def make_clip(file):
    """Four seconds of test picture, encoded once: every encoder of the tests copies it."""
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i",
         "testsrc=size=320x180:rate=15:duration=4", "-pix_fmt", "yuv420p", "-c:v", "libx264",
         "-preset", "ultrafast", "-g", "15", str(file)], check=True, stdin=subprocess.DEVNULL)


def make_heavy_clip(file):
    """The same at about 30 Mbit/s, as a drone's camera sends: some 2,700 packets a second."""
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i",
         "nullsrc=size=640x360:rate=30:duration=2,geq=lum='random(1)*255':cb=128:cr=128",
         "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "20M",
         "-g", "15", str(file)], check=True, stdin=subprocess.DEVNULL)


def _output_of(address):
    if address.startswith("rtmp:"):
        return ["-f", "flv", address]
    if address.startswith("rtsp:"):
        return ["-f", "rtsp", "-rtsp_transport", "tcp", address]
    assert address.startswith("srt:"), address
    return ["-f", "mpegts", address]


def publish(clip, address, directory, options=()):
    """An encoder that sends the clip repeatedly, in real time."""
    return Program(
        ["ffmpeg", "-loglevel", "error", "-re", "-stream_loop", "-1", "-i", clip, "-c", "copy",
         *options, *_output_of(address)], directory / f"encoder-{next(_numbers)}.log")


class StubbornEncoder:
    """An encoder that reconnects whenever it is removed, as those in the field do."""

    def __init__(self, clip, address, directory):
        self.attempts = 0
        self._stopping = threading.Event()
        self._start = lambda: publish(clip, address, directory)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._stopping.is_set():
            self.attempts += 1
            encoder = self._start()
            while encoder.running() and not self._stopping.wait(0.02):
                pass
            encoder.stop()
            self._stopping.wait(0.1)

    def stop(self):
        self._stopping.set()
        self._thread.join()


def codecs_at(address, seconds=15):
    """Returns the codecs that a player finds at an address of the API; fails when it cannot play it."""
    options = ["-rtsp_transport", "tcp"] if address.startswith("rtsp:") else []
    probe = subprocess.run(
        ["ffprobe", "-v", "error", *options, "-show_entries", "stream=codec_name,width,height",
         "-of", "csv=p=0", address], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, timeout=seconds)
    assert probe.returncode == 0, f"{address} cannot be played: {probe.stderr}"
    return sorted(set(probe.stdout.split()))
