"""A program under a supervisor, which can be killed and frozen."""

import os
import signal
import subprocess
import threading


class Daemon:
    """Runs a command again whenever it ends, as a supervisor does; a kill can keep it down.

    `ended` is called with the exit status of a process that ended without being killed by us."""

    RESTART_PAUSE = 0.5

    def __init__(self, name, command, log, environment, ended=lambda name, status: None,
                 **popen_options):
        self.name = name
        self._command = [str(word) for word in command]
        self._log = log
        self._environment = environment
        self._ended = ended
        self._popen_options = popen_options
        self._lock = threading.Lock()
        self._up = threading.Event()
        self._closing = threading.Event()
        self._killed = False
        self._process = None
        self._thread = threading.Thread(target=self._supervise, name=name, daemon=True)

    def start(self):
        self._up.set()
        self._thread.start()

    def _supervise(self):
        while not self._closing.is_set():
            if not self._up.wait(0.1):
                continue
            with self._lock:
                if self._closing.is_set() or not self._up.is_set():
                    continue
                self._killed = False
                self._process = self._spawn()
                process = self._process
            status = process.wait()
            if not self._killed and not self._closing.is_set():
                self._ended(self.name, status)
            self._closing.wait(self.RESTART_PAUSE)

    def _spawn(self):
        with open(self._log, "ab") as output:
            return subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=output,
                                    stderr=subprocess.STDOUT, env=self._environment,
                                    **self._popen_options)

    def pids(self):
        """The process and its children."""
        process = self._process
        return [process.pid] if process and process.poll() is None else []

    def _signal(self, number):
        for pid in self.pids():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def kill(self):
        """Kills it without notice, as a power cut does; it stays down until release()."""
        with self._lock:
            self._up.clear()
            self._killed = True
            self._signal(signal.SIGKILL)

    def release(self):
        self._up.set()

    def freeze(self):
        with self._lock:
            self._signal(signal.SIGSTOP)

    def thaw(self):
        with self._lock:
            self._signal(signal.SIGCONT)

    def close(self, stop_signal=signal.SIGTERM, seconds=15):
        """Ends it for good: first with a request to end, then by a kill."""
        self._closing.set()
        self._up.set()
        self.thaw()
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(stop_signal)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
                process.wait()
        if self._thread.is_alive():
            self._thread.join()
