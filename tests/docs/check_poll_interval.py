#!/usr/bin/env python3
"""Checks that documents, help texts, messages and comments which say how often media servers are polled name the time of
the setting: `poll_interval` in librescuestream/include/rescuestream/settings.hpp.  check_poll_interval.py SOURCE_DIR
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1]).resolve()
SETTINGS = ROOT / "librescuestream/include/rescuestream/settings.hpp"
PLACES = ["*.md", "librescuestream/**/*", "rescuestream-server/**/*", "rescuestream-cli/**/*", "examples/**/*"]
KINDS = {".md", ".hpp", ".cpp", ".yaml", ".yml", ".json"}
# What was measured there is another number.
NOT = {"rescuestream-server/docs/performance.md", "CHANGELOG.md"}

# "polled once a second", "the next poll, within about a second", "what is live? every 1 s"
TIME = r"(?P<number>\d+(?:\.\d+)?|an?|one|two|three|five|ten|half a)? ?(?P<unit>ms|milliseconds|seconds?|s)\b"
STATEMENT = re.compile(
    r"\b(?:poll(?:s|ed|ing)?\b[^.;|{}]{0,60}?|what is live\?\"? +)(?<![\w-])(?:every|once|each|(?:about )?one|within(?: about)?) "
    + TIME, re.I)
# The time of something else than the interval.
OTHER = re.compile(r"poll of|epoll|curl_multi_poll", re.I)
WORDS = {None: 1, "": 1, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "five": 5, "ten": 10, "half a": 0.5}


def interval():
    found = re.search(r"milliseconds poll_interval\{([\d']+)\}", SETTINGS.read_text())
    return int(found[1].replace("'", ""))


def running_text(path):
    """Returns the text with comments and adjacent literals joined, as a reader sees it."""
    text = re.sub(r"\n\s*(?:///?<?|#) ?", " ", path.read_text(errors="replace"))
    return re.sub(r"\s+", " ", re.sub(r"\"\s*\n\s*\"", "", text))


def main():
    expected, count, problems = interval(), 0, []
    files = {file for place in PLACES for file in ROOT.glob(place)
             if file.is_file() and file.suffix in KINDS and str(file.relative_to(ROOT)) not in NOT}
    for file in sorted(files):
        for match in STATEMENT.finditer(running_text(file)):
            if OTHER.search(match[0]):
                continue
            number = (match["number"] or "").lower()
            value = WORDS[number] if number in WORDS else float(number)
            told = value * (1 if match["unit"].startswith("m") else 1000)
            count += 1
            if told != expected:
                problems.append(f"{file.relative_to(ROOT)}: {match[0]!r} is not {expected} ms")
    for problem in problems:
        print(problem)
    print(f"polls: {count} statements, {len(problems)} problems")
    sys.exit(1 if problems or count < 12 else 0)


main()
