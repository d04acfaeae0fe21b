"""Sends requests through the load generator."""

import json
import os
import pathlib
import subprocess
import tempfile

import questions as q

PROGRAM = None  # set by bench.py
POSTMASTER_PID = 0
TIME_FACTOR = 1  # multiplies time limits: a server with a sanitizer is slow


def run(server, questions, at_once=1, kept=False, timeout=5, limit=60, must_contain="",
        bodies=False, rate=0):
    """What `rescuestream_bench load` prints about the (request, right status) pairs; with `bodies`,
    these too."""
    with tempfile.TemporaryDirectory(prefix="rescuestream-bench-") as directory:
        file = pathlib.Path(directory, "questions")
        q.write_file(file, questions)
        command = [PROGRAM, "load", "--questions", file, "--port", str(server.port), "--at-once",
                   str(at_once), "--timeout", str(timeout * TIME_FACTOR), "--limit",
                   str(limit * TIME_FACTOR), "--server-pid", str(server.pid), "--postmaster-pid",
                   str(POSTMASTER_PID)]
        if rate:
            command += ["--rate", str(rate)]
        if kept:
            command.append("--kept")
        if must_contain:
            command += ["--must-contain", must_contain]
        if bodies:
            command += ["--bodies", os.path.join(directory, "bodies")]
        result = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        result["asked_for"] = len(questions)
        if bodies:
            lines = pathlib.Path(directory, "bodies").read_text(encoding="utf-8").split("\n")
            result["bodies"] = lines[:len(questions)]
        return result


def answers(server, questions, at_once=16):
    """The JSON bodies of answers that must all be right."""
    result = run(server, questions, at_once=at_once, kept=True, bodies=True)
    if result["wrong"] or result["failed"]:
        raise RuntimeError(f"{server.name}: {result['wrong']} wrong and {result['failed']} failed "
                           f"answers, {result['statuses']}, e.g. {result['bodies'][0][:300]}")
    return [json.loads(body) for body in result["bodies"] if body]
