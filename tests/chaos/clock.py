"""The server's clock, which can be stepped (libfaketime)."""

import glob


def library():
    """libfaketime for programs with threads; None without."""
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    return found[0] if found else None


class Clock:
    """Right at first. Only the time of day steps: what measures durations goes on."""

    def __init__(self, file):
        self._file = file
        self.step(0)

    def environment(self):
        """Of the program whose clock it is."""
        return {
            "LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",  # seconds until it looks at the file again
            "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1",
        }

    def step(self, seconds):
        """Seconds from the right time."""
        # Whole at any time: the program may read it at any time.
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self._file)
