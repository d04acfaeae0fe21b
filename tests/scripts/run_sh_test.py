#!/usr/bin/env python3
"""Tests run.sh as a person uses it: what it prints, what it starts, and that it leaves nothing behind.

  run_sh_test.py SOURCE_DIR PROGRAM_DIR plain|demo      77: skipped, and it says why
"""

import contextlib
import os
import pathlib
import random
import re
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SOURCE_DIR, PROGRAM_DIR = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
MEDIAMTX = shutil.which(os.environ.get("MEDIAMTX_BIN") or "mediamtx")
MEDIAMTX_NAME = pathlib.Path(MEDIAMTX or "mediamtx").name
PORTS = ["API_PORT", "MEDIA_PORT", "RTMP_PORT", "RTSP_PORT", "SRT_PORT", "HLS_PORT", "WEBRTC_PORT",
         "WEBRTC_UDP_PORT", "MEDIAMTX_API_PORT"]


def free_ports(count):
    """Returns ports below those that the kernel gives to connections of other programs."""
    ports = []
    while len(ports) < count:
        port = random.randrange(10000, 20000)
        with socket.socket() as probe:
            try:
                probe.bind(("", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return ports


def free_rtp_port():
    """Returns two free ports: RTP uses an even port, and RTCP the next one."""
    for port in range(20000 + os.getpid() % 5000 * 2, 60000, 2):
        with socket.socket(type=socket.SOCK_DGRAM) as rtp, \
                socket.socket(type=socket.SOCK_DGRAM) as rtcp:
            try:
                rtp.bind(("", port))
                rtcp.bind(("", port + 1))
                return port
            except OSError:
                continue
    raise RuntimeError("no two free ports")


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
        return [int(child) for child in children.read().split()]


def program_of(pid):
    """Returns the name by which the program was started, which may be a link to a file of another name."""
    try:
        arguments = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return pathlib.Path(arguments.split(b"\0")[0].decode()).name


class RunSh:
    """One run of run.sh with ports and a data directory of its own. SECRETS are in its environment."""

    SECRETS = {"API_SECRET": "the-api-secret-of-this-test", "MEDIA_SECRET": "the-media-secret-of-this-test",
               "SOMEBODYS_TOKEN": "a-token-of-another-program"}

    def __init__(self, *arguments, **environment):
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="rescuestream-run-"))
        inherited = {name: value for name, value in os.environ.items()
                     if name == "MEDIAMTX_BIN"
                     or not name.startswith(("API_", "MEDIAMTX_", "DATABASE_", "RESCUESTREAM_"))}
        ports = dict(zip(PORTS, map(str, free_ports(len(PORTS)))))
        self.api_port = int(ports["API_PORT"])
        self.media_port = int(ports["MEDIA_PORT"])
        self.process = subprocess.Popen(
            [SOURCE_DIR / "run.sh", "--programs", PROGRAM_DIR, *arguments],
            env=inherited | ports | {"RTP_PORT": str(free_rtp_port()), "METRICS_PORT": "0",
                                     "DATA_DIR": str(self.data / "data")}
            | self.SECRETS | environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True)
        self.output = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.data)

    def wait_for(self, text, seconds=60):
        """Reads output until `text` is in it."""
        deadline = time.monotonic() + seconds
        while text not in self.output:
            ready, _, _ = select.select([self.process.stdout], [], [],
                                        max(0.0, deadline - time.monotonic()))
            chunk = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            assert chunk, f"{text!r} was not printed; run.sh printed:\n{self.output}"
            self.output += chunk.decode()

    def child(self, name):
        found = [pid for pid in children_of(self.process.pid) if program_of(pid) == name]
        assert len(found) == 1, f"{len(found)} children are {name}"
        return found[0]

    def finish(self, seconds=40):
        """Reads to the end; returns the exit status."""
        rest, _ = self.process.communicate(timeout=seconds)
        self.output += rest.decode()
        return self.process.returncode

    def interrupt(self):
        """Ctrl-C: everything stops, in order, and nothing is left."""
        children = children_of(self.process.pid)
        self.process.send_signal(signal.SIGINT)
        status = self.finish()
        assert status == 0, f"status {status} after Ctrl-C:\n{self.output}"
        left = [program_of(pid) for pid in children if pathlib.Path(f"/proc/{pid}").exists()]
        assert not left, f"these processes still run: {left}"
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", self.api_port)) != 0, "the API still answers"


def environment_of(pid):
    return pathlib.Path(f"/proc/{pid}/environ").read_bytes()


def check_secrets(run, programs):
    """Only the server has its secrets in its environment, no other program has any; none is an argument."""
    for name in programs:
        pid = run.child(name)
        environment = environment_of(pid)
        arguments = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        assert b"PATH=" in environment, f"{name} has no environment"
        for variable, value in run.SECRETS.items():
            known = name == "rescuestream-server" and variable != "SOMEBODYS_TOKEN"
            assert (value.encode() in environment) == known, f"{variable} and {name}"
            assert value.encode() not in arguments, f"{variable} is an argument of {name}"


def test_plain():
    """Without a MediaMTX, run.sh says how to get one, and the server uses the in-memory media server."""
    with RunSh(PATH="/usr/bin:/bin", MEDIAMTX_BIN="") as run:
        run.wait_for("Ctrl-C stops everything")
        assert "MEDIAMTX_BIN=/path/to/mediamtx" in run.output, run.output
        assert f"http://localhost:{run.api_port}" in run.output, run.output
        assert "run.sh: " not in run.output, f"bash has complained:\n{run.output}"
        assert (run.data / "data").stat().st_mode & 0o077 == 0
        check_secrets(run, ["rescuestream-server"])
        run.interrupt()


def test_logs():
    """A log that reaches its size limit is emptied, and the programs continue to write into it."""
    size = 20_000
    with RunSh(PATH="/usr/bin:/bin", MEDIAMTX_BIN="", LOG_SIZE=str(size), LOG_LEVEL="debug") as run:
        run.wait_for("Ctrl-C stops everything")
        log = run.data / "data" / "logs" / "rescuestream-server.log"
        before = log.with_name(log.name + ".1")
        deadline = time.monotonic() + 30
        asked = 0
        while not before.exists() or log.stat().st_size == 0:
            assert time.monotonic() < deadline, f"{log.stat().st_size} bytes after {asked} requests"
            with socket.create_connection(("127.0.0.1", run.api_port)) as client:
                client.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                while client.recv(4096):
                    pass
            asked += 1
        assert before.stat().st_size <= size, before.stat().st_size
        text = log.read_text()
        assert "\0" not in text and "/livez" in text, f"the log does not continue at the start of the file: {text!r}"
        run.interrupt()


def test_taken_port():
    """A port that another program uses is reported before anything is built, created or started."""
    with socket.socket() as other, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        rtp = free_rtp_port()
        datagrams.bind(("127.0.0.1", rtp + 1))
        for variable, number, told in (("API_PORT", port, f"port {port} (tcp) is taken"),
                                       ("METRICS_PORT", port, f"port {port} (tcp) is taken"),
                                       ("MEDIA_PORT", port, f"port {port} (tcp) is taken"),
                                       ("RTP_PORT", rtp, f"port {rtp + 1} (udp) is taken")):
            # A MediaMTX that is only named, so that its ports count too: nothing is started.
            with RunSh("--programs", "/nonexistent", PATH="/usr/bin:/bin", MEDIAMTX_BIN="/bin/true",
                       **{variable: str(number)}) as run:
                status = run.finish()
                assert status == 1, f"status {status}:\n{run.output}"
                assert told in run.output and variable in run.output, run.output
                assert not (run.data / "data").exists(), "the data directory was created"


def test_death():
    """When a child ends, run.sh says which one, shows its last output, and stops the rest."""
    with RunSh(PATH="/usr/bin:/bin", MEDIAMTX_BIN="") as run:
        run.wait_for("Ctrl-C stops everything")
        os.kill(run.child("rescuestream-server"), signal.SIGKILL)
        status = run.finish()
        assert status == 1, f"status {status}:\n{run.output}"
        assert "rescuestream-server ended with status 137" in run.output, run.output
        assert "everything was stopped, because rescuestream-server has ended" in run.output, run.output


def listening_addresses(pid):
    """Returns (protocol, address) of each TCP listener and each unconnected UDP socket of a process, as the kernel writes them."""
    sockets = set()
    for descriptor in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            sockets.add(os.readlink(descriptor))
    found = set()
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for line in pathlib.Path(f"/proc/{pid}/net/{protocol}").read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if f"socket:[{inode}]" in sockets and state == ("0A" if protocol.startswith("tcp") else "07"):
                found.add((protocol[:3], local.split(":")[0]))
    return found


LOOPBACK = {"0100007F", "00000000000000000000000001000000"}  # 127.0.0.1, ::1


def test_loopback():
    """With --loopback nobody outside of this machine reaches a port; without it, MediaMTX and the API are for all."""
    with RunSh("--loopback") as run:
        run.wait_for("Ctrl-C stops everything", 90)
        for name in ("rescuestream-server", MEDIAMTX_NAME):
            found = listening_addresses(run.child(name))
            assert "tcp" in {protocol for protocol, _ in found}, f"{name} listens nowhere: {found}"
            assert {address for _, address in found} <= LOOPBACK, f"{name} listens at {found}"
        assert "udp" in {protocol for protocol, _ in listening_addresses(run.child(MEDIAMTX_NAME))}
        run.interrupt()


def test_loopback_with_a_file_of_ones_own():
    """A mediamtx.yml that run.sh does not write cannot be limited by it, so it refuses instead of listening for all."""
    with tempfile.TemporaryDirectory(prefix="rescuestream-run-") as data:
        pathlib.Path(data, "mediamtx.yml").write_text("logLevel: error\n")
        with RunSh("--loopback", DATA_DIR=data) as run:
            status = run.finish(60)
            assert status == 1, f"status {status}:\n{run.output}"
            assert "--loopback" in run.output and "mediamtx.yml has your changes" in run.output, run.output


def test_demo():
    """The test picture is listed as live, its key is in no process's arguments, and it ends when its key is revoked."""
    with RunSh("--demo") as run:
        run.wait_for("Ctrl-C stops everything", 90)
        check_secrets(run, ["rescuestream-server", MEDIAMTX_NAME, "ffmpeg"])
        configuration = (run.data / "data" / "mediamtx.yml").read_text()
        assert f"@127.0.0.1:{run.media_port}/auth'" in configuration, configuration
        for name in ("rescuestream-server", MEDIAMTX_NAME, "ffmpeg"):
            arguments = pathlib.Path(f"/proc/{run.child(name)}/cmdline").read_bytes()
            assert b"sk_" not in arguments, f"the key is in the arguments of {name}"
        assert "sk_" not in run.output, f"the key is shown:\n{run.output}"
        assert re.search(r"http://localhost:\d+/live/\w+/index\.m3u8", run.output), run.output

        key = re.search(r"rescuestream-cli (key revoke \S+)", run.output).group(1).split()
        cut = subprocess.run(
            [PROGRAM_DIR / "rescuestream-cli", "--server", f"http://127.0.0.1:{run.api_port}", *key,
             "--yes"], env={"API_SECRET": run.SECRETS["API_SECRET"]}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert cut.returncode == 0, cut.stdout
        run.wait_for("the test picture is gone")
        os.kill(run.child(MEDIAMTX_NAME), signal.SIGTERM)
        status = run.finish()
        assert status == 1, f"status {status}:\n{run.output}"
        assert "mediamtx ended with status 0" in run.output, run.output
        assert "everything was stopped, because mediamtx has ended" in run.output, run.output


def test_demo_ends_by_interrupt():
    with RunSh("--demo") as run:
        run.wait_for("Ctrl-C stops everything", 90)
        run.interrupt()


def test_slow_media_mtx():
    """What is announced as ready takes the test picture, however long MediaMTX needs to start."""
    with tempfile.TemporaryDirectory(prefix="rescuestream-run-") as directory:
        slow, gate = pathlib.Path(directory) / "mediamtx", pathlib.Path(directory) / "gate"
        os.mkfifo(gate)
        slow.write_text(f'#!/bin/sh\n[ "$1" = --version ] || read -r _ <{shlex.quote(str(gate))}\n'
                        f'exec {shlex.quote(MEDIAMTX)} "$@"\n')
        slow.chmod(0o755)
        with RunSh("--demo", MEDIAMTX_BIN=str(slow)) as run:
            run.wait_for("starting MediaMTX")
            with open(gate, "w", encoding="ascii") as opened:  # waits for the program to read
                assert "is ready" not in run.output, run.output
                opened.write("\n")
            run.wait_for("Ctrl-C stops everything", 90)
            run.interrupt()


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def main():
    if sys.argv[3] == "plain":
        tests = [test_plain, test_taken_port, test_logs, test_death]
        if shutil.which("mediamtx", path="/usr/bin:/bin"):
            skip("there is a mediamtx in /usr/bin")
    else:
        tests = [test_demo, test_demo_ends_by_interrupt, test_slow_media_mtx, test_loopback,
                 test_loopback_with_a_file_of_ones_own]
        if not MEDIAMTX:
            skip("no MediaMTX (set MEDIAMTX_BIN or PATH)")
        if not shutil.which("ffmpeg"):
            skip("ffmpeg is not installed")
    for test in tests:
        test()
        print(f"{test.__name__}: passed")


main()
