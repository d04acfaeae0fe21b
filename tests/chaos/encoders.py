"""Encoders as used in the field: ffmpeg over RTMP or RTSP, which reconnects whenever it is removed."""

import os
import pathlib
import signal
import subprocess
import threading

from support import Program

RECONNECT_PAUSE = 1.0


def make_clip(file):
    """A tiny picture, encoded once: every encoder copies it."""
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i",
         "testsrc=size=160x90:rate=10:duration=4", "-pix_fmt", "yuv420p", "-c:v", "libx264",
         "-preset", "ultrafast", "-g", "10", str(file)], check=True, stdin=subprocess.DEVNULL)


class Encoder:
    """It is off at first. Its methods may be called from several threads."""

    def __init__(self, name, clip, directory):
        self._log = pathlib.Path(directory) / f"{name}.log"
        # RTMP's stream key reaches ffmpeg in a file: every user can read a program's arguments.
        self._preset = pathlib.Path(directory) / f"{name}.ffpreset"
        self._preset.touch(mode=0o600)
        self._clip = clip
        self._server = None
        self._program = None
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thaw = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def publish(self, server, stream_key=""):
        """Publishes there from now on: over RTMP to `server`/`stream_key`, or to an RTSP address."""
        with self._lock:
            self._end()
            self._server = server
            self._preset.write_text(f"rtmp_playpath={stream_key}\n")
        self._wanted.set()

    def start(self):
        self._wanted.set()

    def stop(self):
        """Stops it as a person does."""
        self._wanted.clear()
        with self._lock:
            self._end(signal.SIGTERM)

    def crash(self):
        """Kills it; it reconnects after its pause."""
        with self._lock:
            self._end()

    def freeze(self, seconds):
        """Stops sending for that many seconds; its connections stay open."""
        with self._lock:
            program = self._program
            if program is None or not program.running():
                return
            program.process.send_signal(signal.SIGSTOP)
            self._thaw = threading.Timer(seconds, self._continue, (program,))
            self._thaw.daemon = True
            self._thaw.start()

    def is_to_publish(self):
        """Switched on, and not frozen."""
        return self._wanted.is_set() and not (self._thaw and self._thaw.is_alive())

    def _continue(self, program):
        with self._lock:
            if program.running():
                program.process.send_signal(signal.SIGCONT)

    def close(self):
        self._closing.set()
        self._wanted.set()
        with self._lock:
            self._end()
            if self._thaw:
                self._thaw.cancel()
        self._thread.join()
        self._preset.unlink(missing_ok=True)

    def _end(self, number=signal.SIGKILL):
        if self._program is not None and self._program.running():
            # A frozen process would not handle the signal.
            self._program.process.send_signal(signal.SIGCONT)
            self._program.process.send_signal(number)

    def _output(self):
        if self._server.startswith("rtsp:"):
            return ["-f", "rtsp", "-rtsp_transport", "tcp", self._server]
        return ["-fpre", self._preset, "-f", "flv", self._server]

    def _run(self):
        while True:
            self._wanted.wait()
            if self._closing.is_set():
                return
            with self._lock:
                if not self._wanted.is_set() or self._closing.is_set():
                    continue
                self._program = Program(
                    ["ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-stream_loop", "-1",
                     "-i", self._clip, "-c", "copy", *self._output()], self._log, os.environ)
                process = self._program.process
            process.wait()
            self._closing.wait(RECONNECT_PAUSE)
