#!/usr/bin/env python3
"""Runs clang-tidy over every source file of the library, the server and the command line tool.

The files of a directory are checked together, in the units that the build compiles: most of the time is needed for
headers, which a unit reads once. A unit that was clean is not checked again while nothing that it could depend on has
changed: its files, our headers, the check list, its compile command.

  tidy.py [--each] CLANG_TIDY SOURCE_DIR BUILD_DIR

--each checks each file by itself, as a build with RESCUESTREAM_UNITY=OFF compiles it, which also finds a file that
includes too little. It takes four times as long.

Its priority is the lowest: other tests run at the same time, and some have deadlines.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

is_each = "--each" in sys.argv
arguments = [argument for argument in sys.argv[1:] if argument != "--each"]
clang_tidy = arguments[0]
if not shutil.which(clang_tidy):
    print(f"skipped: {clang_tidy} is not installed")
    sys.exit(77)
source_dir, build_dir = (pathlib.Path(argument).resolve() for argument in arguments[1:3])
parts = ["librescuestream", "rescuestream-server", "rescuestream-cli"]
clean_dir = build_dir / "tidy-clean"
clean_dir.mkdir(exist_ok=True)

shared = hashlib.sha256((source_dir / ".clang-tidy").read_bytes())
for part in parts:
    for header in sorted((source_dir / part).rglob("*.hpp")):
        shared.update(header.read_bytes())


# The compile commands are GCC's; and C++20 finds RapidJSON's iterator comparisons ambiguous.
EXTRA_ARGUMENTS = ["--extra-arg=-Wno-unknown-warning-option",
                   "--extra-arg=-Wno-ambiguous-reversed-operator"]


def sources_of(entry):
    """Returns our source files that the entry compiles: its file, or those that its unit includes."""
    file = pathlib.Path(entry["file"])
    files = [file]
    if file.is_relative_to(commands_dir) and file.exists():
        files = [pathlib.Path(name) for name in re.findall(r'^#include "(.*)"', file.read_text(), re.MULTILINE)]
    return [each for each in files
            if any(each.is_relative_to(source_dir / part) for part in parts) and not each.is_relative_to(build_dir)]


def check(entry):
    """Returns the findings of clang-tidy, and whether it had to run."""
    key = shared.copy()
    key.update(entry["command"].encode())
    sources = sources_of(entry)
    for source in sources:
        key.update(source.read_bytes())
    clean = clean_dir / key.hexdigest()
    if clean.exists():
        return "", False
    run = subprocess.run(
        [clang_tidy, "--quiet", *EXTRA_ARGUMENTS, "-p", commands_dir, entry["file"]],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if run.returncode == 0:
        clean.touch()
        return "", True
    names = " ".join(str(source.relative_to(source_dir)) for source in sources)
    return f"{names}:\n{run.stdout}", True


commands_dir = build_dir / ("tidy-each" if is_each else "tidy-units")
configured = subprocess.run(
    ["cmake", "-S", source_dir, "-B", commands_dir, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
     f"-DRESCUESTREAM_UNITY={'OFF' if is_each else 'ON'}", "-DRESCUESTREAM_CCACHE=OFF",
     "-DRESCUESTREAM_BUILD_TESTS=OFF"],
    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
if configured.returncode != 0:
    sys.exit(f"tidy: CMake cannot configure {commands_dir}:\n{configured.stdout}")
# A unit includes its files by their whole path, and clang-tidy is silent about the files of a system directory.
commands_file = commands_dir / "compile_commands.json"
commands_file.write_text(commands_file.read_text().replace(f" -isystem {source_dir} ", " "))
ours = [entry for entry in json.loads(commands_file.read_text()) if sources_of(entry)]
if not ours:
    sys.exit("tidy: the build directory has no source file of ours")

os.nice(19)
findings = asked = 0
with ThreadPoolExecutor(os.cpu_count()) as pool:
    for output, was_asked in pool.map(check, ours):
        asked += was_asked
        if output:
            findings += 1
            print(output, flush=True)
count = sum(len(sources_of(entry)) for entry in ours)
print(f"tidy: {count} files in {len(ours)} units, {asked} of these checked now, {findings} with findings")
sys.exit(1 if findings else 0)
