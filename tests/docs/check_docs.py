#!/usr/bin/env python3
"""Checks the documents against what they describe. In every *.md file of the repository:

- a relative link leads to a file that exists, and to a heading in it when it has a #fragment;
- no command in an sh or console block has a secret among its arguments, which every user of a machine can
  read (what the shell itself does, `printf` for instance, is no program's argument);
- a block behind `<!-- from FILE -->` stands in that file, word for word;
- an sh block behind `<!-- run -->` works: the blocks of one document run one after the other, with
  `bash -eu`, beside a rescuestream-server of their own (an in-memory media server, an empty database).
  `<!-- run: NAME=VALUE … -->` gives environment variables to it. `systemctl stop|start rescuestream-server` in
  a block stops and starts this server;
- with --postgresql, the documents that have a block behind `<!-- run with postgresql -->` are run with these
  blocks too. `rescuestream@localhost/rescuestream` in them is an empty database on the server that
  RESCUESTREAM_TEST_POSTGRES names. Without that variable the exit code is 77.

  check_docs.py SOURCE_DIR [PROGRAM_DIR [--postgresql]]      without programs, blocks are not run
"""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.parse

SOURCE_DIR = pathlib.Path(sys.argv[1]).resolve()
PROGRAM_DIR = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
WITH_POSTGRESQL = "--postgresql" in sys.argv[3:]
POSTGRESQL_DATABASE = "rescuestream_documents"

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.M | re.S)
MARK = re.compile(r"<!-- (from|run with postgresql|run)(?::? ([^>]*?))? -->\n* *\Z")
# Matches a program and, in the same command, a secret.
SECRET_ARGUMENT = re.compile(
    r"\b(curl|wget|openssl|ffmpeg|ffplay|ffprobe|psql|rescuestream-(?:cli|server))\b[^|;&\n]*"
    r"(\$\{?\w*(?:SECRET|PASSWORD|KEY|TOKEN|secret|password|key)\b|sk_|rsc_|whsec_|-hmac |(?:-u|--user) \S+:)")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")

problems = []


def report(document, text):
    problems.append(f"{document.relative_to(SOURCE_DIR)}: {text}")


def without_fences(text):
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))


def slug(heading):
    """Returns GitHub's anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def check_links(document, text):
    for target in LINK.findall(without_fences(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        file = (document.parent / urllib.parse.unquote(path)).resolve() if path else document
        if not file.exists():
            report(document, f"the link to {target} leads to no file")
        elif fragment and file.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", FENCE.sub("", file.read_text()), re.M)
            if fragment not in [slug(re.sub(r"[`*]", "", heading)) for heading in headings]:
                report(document, f"there is no heading for {target}")


def blocks(text):
    """Yields (word, argument, code) of each marked block."""
    for fence in FENCE.finditer(text):
        mark = MARK.search(text[:fence.start()])
        if mark:
            indent = fence.group(1)
            code = "".join(line.removeprefix(indent)
                           for line in fence.group(3).splitlines(keepends=True))
            yield mark.group(1), (mark.group(2) or "").strip(), code


def check_secrets(document, text):
    for fence in FENCE.finditer(text):
        if fence.group(2) in ("sh", "bash", "console"):
            for found in SECRET_ARGUMENT.finditer(fence.group(3).replace("\\\n", " ")):
                report(document, f"a secret among the arguments of a program: {found.group(0)}")


def squeezed(code):
    return "\n".join(line.strip() for line in code.strip().splitlines())


def check_quotation(document, name, code):
    file = SOURCE_DIR / name
    if not file.is_file():
        report(document, f"quotes {name}, which does not exist")
    elif squeezed(code) not in squeezed(file.read_text()):
        report(document, f"this is not in {name} any more:\n{code}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# Stands for systemd: stops and starts the server of a document. Its process id is in a file.
SYSTEMCTL = r"""#!/bin/bash
set -eu
[ "$2" = rescuestream-server ]
if [ "$1" = stop ]; then
    pid=$(cat "$HOME/server.pid")
    rm "$HOME/server.pid"
    kill "$pid"
    for ((i = 0; i < 150; i++)); do
        state=$(ps -o stat= -p "$pid" || true)
        case $state in "" | Z*) exit 0 ;; esac
        sleep 0.1
    done
    kill -9 "$pid"
    exit 1
fi
[ "$1" = start ]
rescuestream-server </dev/null >>"$HOME/server.log" 2>&1 &
echo $! >"$HOME/server.pid"
for ((i = 0; i < 300; i++)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$API_PORT" && printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3 &&
        grep -q ' 200 ' <&3) 2>/dev/null; then
        exit 0
    fi
    kill -0 "$!"
    sleep 0.1
done
exit 1
"""


def postgresql_server():
    """Returns the parts of the address of the server, and the environment for its own programs."""
    parts = urllib.parse.urlsplit(os.environ["RESCUESTREAM_TEST_POSTGRES"])
    return parts, os.environ | {"PGHOST": parts.hostname, "PGPORT": str(parts.port),
                                "PGUSER": parts.username, "PGPASSWORD": parts.password}


def on_postgresql(statement):
    subprocess.run(["psql", "--quiet", "--dbname=postgres", "-c", statement], check=True,
                   env=postgresql_server()[1], stdout=subprocess.DEVNULL)


def with_postgresql(script):
    """Returns the script with the address of the test's database instead of that of the documents."""
    parts, _ = postgresql_server()
    script = script.replace(
        "rescuestream@localhost/rescuestream",
        f"{parts.username}@{parts.hostname}:{parts.port}/{POSTGRESQL_DATABASE}")
    return script.replace(
        "user=rescuestream dbname=rescuestream host=localhost",
        f"user={parts.username} dbname={POSTGRESQL_DATABASE} host={parts.hostname} port={parts.port}")


def run_blocks(document, runnable):
    """Runs the blocks of one document against a server that only they use."""
    work = pathlib.Path(tempfile.mkdtemp(prefix="rescuestream-docs-"))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("API_", "MEDIAMTX_", "DATABASE_", "RESCUESTREAM_"))}
    environment |= {
        "PATH": f"{PROGRAM_DIR}:{environment.get('PATH', '')}",
        "HOME": str(work), "DATA_DIR": str(work / "data"), "API_PORT": str(port),
        "API_SECRET": "documentation-secret-0123456789", "METRICS_PORT": "0",
        "MEDIAMTX_API_URL": "memory:", "RESCUESTREAM_SERVER": url, "LC_ALL": "C.UTF-8",
    }
    for argument, _ in runnable:
        environment |= dict(word.split("=", 1) for word in argument.split())
    if WITH_POSTGRESQL:
        environment["PGPASSWORD"] = postgresql_server()[1]["PGPASSWORD"]
        on_postgresql(f"CREATE DATABASE {POSTGRESQL_DATABASE}")
    (work / "data").mkdir(mode=0o700)
    (work / "bin").mkdir()
    systemctl = work / "bin/systemctl"
    systemctl.write_text(SYSTEMCTL)
    systemctl.chmod(0o755)
    environment["PATH"] = f"{work / 'bin'}:{environment['PATH']}"
    log = work / "server.log"
    try:
        started = subprocess.run([systemctl, "start", "rescuestream-server"], env=environment, cwd=work)
        if started.returncode != 0:
            report(document, f"the server did not become ready:\n{log.read_text()}")
            return
        script = "".join(code.replace("localhost:8080", f"127.0.0.1:{port}")
                         for _, code in runnable)
        if WITH_POSTGRESQL:
            script = with_postgresql(script)
        run = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", script], env=environment,
                             cwd=work, timeout=120, stdin=subprocess.DEVNULL, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if run.returncode != 0:
            report(document, f"the commands ended with status {run.returncode}:\n{script}\n"
                             f"--- output ---\n{run.stdout}\n--- server ---\n{log.read_text()}")
    finally:
        if (work / "server.pid").exists():
            subprocess.run([systemctl, "stop", "rescuestream-server"], env=environment, cwd=work,
                           check=False)
        if WITH_POSTGRESQL:
            on_postgresql(f"DROP DATABASE {POSTGRESQL_DATABASE} WITH (FORCE)")
        shutil.rmtree(work)


def main():
    if WITH_POSTGRESQL and not os.environ.get("RESCUESTREAM_TEST_POSTGRES"):
        print("skipped: RESCUESTREAM_TEST_POSTGRES names no PostgreSQL server; "
              "tests/support/postgres_cluster.sh starts one")
        return 77
    listed = subprocess.run(["git", "-C", SOURCE_DIR, "ls-files", "-z", "*.md"],
                            stdout=subprocess.PIPE, check=False).stdout.decode().split("\0")
    documents = [SOURCE_DIR / name for name in listed if name and (SOURCE_DIR / name).exists()]
    if not documents:  # there is no Git repository in an unpacked archive
        documents = [path for path in SOURCE_DIR.rglob("*.md") if "build" not in path.parts]
    quoted = executed = 0
    for document in documents:
        text = document.read_text()
        check_links(document, text)
        check_secrets(document, text)
        marked = list(blocks(text))
        for _, name, code in (block for block in marked if block[0] == "from"):
            quoted += 1
            check_quotation(document, name, code)
        needs_postgresql = any(word == "run with postgresql" for word, _, _ in marked)
        runnable = [(argument, code) for word, argument, code in marked
                    if word == "run" or (word == "run with postgresql" and WITH_POSTGRESQL)]
        if runnable and PROGRAM_DIR and (needs_postgresql or not WITH_POSTGRESQL):
            executed += len(runnable)
            run_blocks(document, runnable)
    print("\n".join(problems))
    print(f"docs: {len(documents)} documents, {quoted} quotations, {executed} blocks run, "
          f"{len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
