#!/usr/bin/env python3
"""Runs clang-tidy over every source file of the library, the server and the command line tool.

Each file is checked by itself, as the build with RESCUESTREAM_UNITY=OFF compiles it: so a file that
includes too little is found here. A file that was clean is not checked again while nothing that it could depend on has
changed: our headers, the check list, its compile command.

  tidy.py CLANG_TIDY SOURCE_DIR BUILD_DIR

Its priority is the lowest: other tests run at the same time, and some have deadlines.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

clang_tidy = sys.argv[1]
if not shutil.which(clang_tidy):
    print(f"skipped: {clang_tidy} is not installed")
    sys.exit(77)
source_dir, build_dir = (pathlib.Path(argument).resolve() for argument in sys.argv[2:4])
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


def check(entry):
    """Returns the findings of clang-tidy, and whether it had to run."""
    source = pathlib.Path(entry["file"])
    key = shared.copy()
    key.update(entry["command"].encode() + source.read_bytes())
    clean = clean_dir / key.hexdigest()
    if clean.exists():
        return "", False
    run = subprocess.run(
        [clang_tidy, "--quiet", *EXTRA_ARGUMENTS, "-p", commands_dir, source],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if run.returncode == 0:
        clean.touch()
        return "", True
    return f"{source.relative_to(source_dir)}:\n{run.stdout}", True


commands_dir = build_dir / "tidy-commands"
configured = subprocess.run(
    ["cmake", "-S", source_dir, "-B", commands_dir, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
     "-DRESCUESTREAM_UNITY=OFF", "-DRESCUESTREAM_CCACHE=OFF", "-DRESCUESTREAM_BUILD_TESTS=OFF"],
    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
if configured.returncode != 0:
    sys.exit(f"tidy: CMake cannot configure {commands_dir}:\n{configured.stdout}")
commands = json.loads((commands_dir / "compile_commands.json").read_text())
ours = [entry for entry in commands
        if any(pathlib.Path(entry["file"]).is_relative_to(source_dir / part) for part in parts)
        and not pathlib.Path(entry["file"]).is_relative_to(build_dir)]
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
print(f"tidy: {len(ours)} files, {asked} of them checked now, {findings} with findings")
sys.exit(1 if findings else 0)
