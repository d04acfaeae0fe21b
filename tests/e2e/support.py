"""Waiting, ports, and programs that are stopped at the end."""

import os
import pathlib
import random
import socket
import subprocess
import time


def wait_until(condition, seconds, what):
    """Returns the first true value of `condition()`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.01)


def always(condition, seconds, what):
    """Checks repeatedly; fails as soon as `condition()` is not true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert condition(), what
        time.sleep(0.02)


_given = set()


def ports_of_this_worker():
    """Returns the ports to choose from: workers that run at the same time never choose the same one."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    # Even ports below the range for outgoing connections.
    return range(16000 + 2 * worker, 31998, 2 * count)


def free_port():
    """Returns an even port that is free, like the next one."""
    while True:
        port = random.choice(ports_of_this_worker())
        if port in _given:
            continue
        _given.add(port)
        try:
            for kind, number in ((socket.SOCK_STREAM, port), (socket.SOCK_DGRAM, port),
                                 (socket.SOCK_DGRAM, port + 1)):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("", number))
            return port
        except OSError:
            continue


class Program:
    """A child process whose output goes to a file."""

    def __init__(self, command, log, environment=None):
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env=environment)

    def running(self):
        return self.process.poll() is None

    def output(self):
        return self.log.read_text(errors="replace")

    def kill(self):
        """Kills it, as a power cut does."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Interrupts it, as a person does with Ctrl-C; returns the exit status."""
        if self.running():
            self.process.terminate()
        try:
            return self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.process.args[0]} does not stop:\n{self.output()}")


def clean_environment():
    """Returns this process's environment without the settings of the programs."""
    ours = ("API_", "MEDIAMTX_", "MTX_", "DATABASE_", "RESCUESTREAM_", "MEDIA_SECRET", "MEDIA_ALLOW", "DATA_DIR",
            "ON_DUPLICATE", "HELPER_", "IGNORE_", "PATH_MISMATCH", "LEGACY_", "PLAYBACK_", "LOG_", "LOCAL", "METRICS_", "TRACING_", "CONFIG_FILE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def on_default_node(kicked=0, pending=0, reachable=True):
    """Returns what an answer says about a cut-off on the only node."""
    node = {"node": "default", "kicked": kicked, "pending": pending, "reachable": reachable}
    return {"kicked": kicked, "pending": pending, "nodes": [node]}
