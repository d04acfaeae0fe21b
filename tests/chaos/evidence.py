"""Writes a line of JSON for everything that was observed and done."""

import json
import threading
import time


class Trace:
    def __init__(self, file):
        self._file = open(file, "w", encoding="utf-8")
        self._lock = threading.Lock()
        self._begun = time.monotonic()

    def write(self, kind, **members):
        with self._lock:
            if self._file.closed:
                return
            seconds = round(time.monotonic() - self._begun, 2)
            self._file.write(json.dumps({"t": seconds, "kind": kind} | members) + "\n")
            self._file.flush()

    def close(self):
        with self._lock:
            self._file.close()
