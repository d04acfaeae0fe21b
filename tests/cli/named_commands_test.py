#!/usr/bin/env python3
"""Every command of rescuestream-cli that a message of the programs names exists, with its options.
named_commands_test.py RESCUESTREAM_CLI SOURCE_DIR
"""

import pathlib
import re
import subprocess
import sys

cli = sys.argv[1]
source_dir = pathlib.Path(sys.argv[2])

NAMED = re.compile(r'rescuestream-cli ([a-z][^`"\\;:,.()]*)')
helps = {}


def help_of(words):
    """Returns the help of the longest command that the words begin with; None: there is none."""
    for length in (2, 1):
        command = tuple(words[:length])
        if command not in helps:
            run = subprocess.run([cli, *command, "--help"], capture_output=True, text=True, check=False)
            helps[command] = run.stdout if run.returncode == 0 else None
        if helps[command] is not None:
            return helps[command]
    return None


named = set()
for part in ("librescuestream", "rescuestream-server", "rescuestream-cli"):
    for path in sorted((source_dir / part / "src").rglob("*.[ch]pp")):
        # A text that is broken into several literals is read as one.
        text = re.sub(r'"\s*\n\s*"', "", path.read_text())
        named.update(match.group(1).strip() for match in NAMED.finditer(text))

failures = []
for command in sorted(named):
    words = command.split()
    first = []
    for word in words:
        if not re.fullmatch(r"[a-z][a-z-]*", word):
            break
        first.append(word)
    found = help_of(first)
    if found is None:
        failures.append(f"{command}: there is no such command")
        continue
    for word in words:
        option = word.split("=")[0]
        if option.startswith("--") and option not in found:
            failures.append(f"{command}: there is no option {option}")

if len(named) < 80:
    failures.append(f"only {len(named)} commands were found")
print("\n".join(failures) or f"{len(named)} commands exist")
sys.exit(1 if failures else 0)
