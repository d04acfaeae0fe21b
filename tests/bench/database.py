"""The throw-away PostgreSQL of run.sh."""

import os
import pathlib
import subprocess
import time
import urllib.parse


class Database:
    """Creates databases in it. All programs reach it through its Unix socket, which is the fastest way."""

    def __init__(self, url, data_directory):
        self._port = urllib.parse.urlsplit(url).port
        self._directory = pathlib.Path(data_directory).parent
        self.postmaster_pid = int(pathlib.Path(data_directory, "postmaster.pid")
                                  .read_text("ascii").splitlines()[0])

    def url(self, name="postgres"):
        host = urllib.parse.quote(str(self._directory), safe="")
        return f"postgresql://postgres@/{name}?host={host}&port={self._port}&sslmode=disable"

    def create(self, name):
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def execute(self, statement, name="postgres"):
        done = subprocess.run(["psql", "-q", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c",
                               statement, self.url(name)], check=True, capture_output=True,
                              text=True)
        return done.stdout.strip()

    def tidy_up(self, name):
        """Runs VACUUM and CHECKPOINT, which would otherwise run at an unknown moment."""
        self.execute("VACUUM ANALYZE", name)
        self.execute("CHECKPOINT", name)

    def set_autovacuum(self, on):
        """Switches autovacuum of the whole server, which also analyses tables."""
        self.execute(f"ALTER SYSTEM SET autovacuum = {'on' if on else 'off'}")
        self.execute("SELECT pg_reload_conf()")

    def cpu_seconds(self):
        """The processor time of all its processes, ended ones included."""
        fields = (pathlib.Path(f"/proc/{self.postmaster_pid}/stat").read_text("ascii")
                  .rpartition(")")[2].split())
        ended = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
        children = pathlib.Path(f"/proc/{self.postmaster_pid}/task/{self.postmaster_pid}/children")
        return ended + sum(_cpu_seconds(int(pid)) for pid in children.read_text("ascii").split())


def _cpu_seconds(pid):
    try:
        # Source: clock_getcpuclockid(3); the id of a process's clock on Linux.
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0
