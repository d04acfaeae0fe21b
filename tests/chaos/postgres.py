"""A PostgreSQL of the suite's own, which can be killed and frozen with all its processes."""

import errno
import glob
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time

from daemon import Daemon
from support import free_port


def programs():
    """Returns the directory of the server's programs, which Debian keeps out of PATH; None when it is not installed."""
    candidates = sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    found = shutil.which("postgres")
    if found:
        candidates.append(os.path.dirname(found))
    for candidate in candidates:
        if all(os.access(f"{candidate}/{name}", os.X_OK)
               for name in ("initdb", "postgres", "pg_isready")):
            return pathlib.Path(candidate)
    return None


def _children(pid):
    """The processes whose parent is `pid`."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", "rb") as file:
                # The name may hold blanks and brackets; after it: state, parent.
                parent = int(file.read().rpartition(b")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if parent == pid:
            found.append(int(entry))
    return found


class Postgres(Daemon):
    """The cluster is not kept with the evidence: another user must be able to enter its directory."""

    MEGABYTES = 256  # of its disk, where one can be mounted
    # A server that cannot write its log ends by itself; its end is not reported at once.
    END_NOTICED_WITHIN = 5

    def __init__(self, log, ended):
        self._programs = programs()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rescuestream-chaos-pg-"))
        # A disk of its own, so that it can be full.
        self.can_fill = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={self.MEGABYTES}m", "tmpfs", self.directory],
            stderr=subprocess.DEVNULL, check=False).returncode == 0
        self._ended_by_itself = ended
        self._may_end_until = 0.0
        self.port = free_port()
        # PostgreSQL refuses to run as root.
        as_server = {"cwd": "/"}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            as_server |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            os.chown(self.directory, owner.pw_uid, owner.pw_gid)
        password = secrets.token_hex(16)
        data = self.directory / "data"
        password_file = self.directory / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        if os.geteuid() == 0:
            os.chown(password_file, owner.pw_uid, owner.pw_gid)
        subprocess.run(
            [self._programs / "initdb", f"--pgdata={data}", "--username=postgres",
             f"--pwfile={password_file}", "--auth-local=trust", "--auth-host=scram-sha-256",
             "--encoding=UTF8", "--locale=C.UTF-8"],
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **as_server)
        self.url = f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres"
        super().__init__(
            "postgres",
            [self._programs / "postgres", "-D", data, "-p", self.port, "-k", self.directory,
             "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=100",
             "-c", "max_wal_size=64MB", "-c", "min_wal_size=32MB"],
            log, None, self._notice_end, **as_server)

    def _notice_end(self, name, status):
        if time.monotonic() > self._may_end_until:
            self._ended_by_itself(name, status)

    def fill_disk(self):
        """Fills its disk completely, until make_room()."""
        self._may_end_until = float("inf")
        with open(self.directory / "ballast", "ab", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(65536))
            except OSError as error:
                assert error.errno == errno.ENOSPC, error

    def make_room(self):
        (self.directory / "ballast").unlink(missing_ok=True)
        self._may_end_until = time.monotonic() + self.END_NOTICED_WITHIN

    def answers(self):
        """Returns whether it accepts queries; it does not while it recovers."""
        probe = subprocess.run(
            [self._programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port),
             "-t", "2"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
        return probe.returncode == 0

    def pids(self):
        # The parent first, so that it starts no more processes.
        return [pid for first in super().pids() for pid in (first, *_children(first))]

    def close(self, stop_signal=signal.SIGINT, seconds=15):
        # With SIGINT it does not wait for its clients.
        self.make_room()
        super().close(stop_signal, seconds)
        if self.can_fill:
            subprocess.run(["umount", "-l", self.directory], check=False)
        shutil.rmtree(self.directory, ignore_errors=True)
