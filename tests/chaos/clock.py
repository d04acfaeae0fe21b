"""The server's clock, which can be stepped (libfaketime)."""

import glob


def library():
    """Returns the path of libfaketime for programs with threads; None when it is not installed."""
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    return found[0] if found else None


class Clock:
    """Right at first. Only the time of day steps: the monotonic clock is not changed."""

    def __init__(self, file):
        self._file = file
        self.step(0)

    def environment(self):
        """Returns the environment variables for the program whose clock it is."""
        return {
            "LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",  # seconds until it reads the file again
            "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1",
        }

    def step(self, seconds):
        """Sets how many seconds the clock differs from the right time."""
        # The file is replaced as a whole, because the program may read it at any time.
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self._file)
