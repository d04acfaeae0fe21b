"""A PostgreSQL with a synchronous standby, as in an installation that must not lose anything."""

import glob
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile

from support import free_port, wait_until


def programs():
    """Returns the directory of the server's programs, which Debian keeps out of PATH; None when it is not installed."""
    for candidate in sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True):
        if os.access(f"{candidate}/pg_basebackup", os.X_OK):
            return pathlib.Path(candidate)
    return None


class Replicated:
    """`nodes` are the primary and the standby. What is committed is on both disks."""

    def __init__(self):
        self._programs = programs()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rescuestream-replicated-"))
        self.ports = [free_port(), free_port()]
        self._running = {}
        self._as_server = {"cwd": "/"}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            owner = pwd.getpwnam("postgres")
            self._as_server |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            os.chown(self.directory, owner.pw_uid, owner.pw_gid)
        self.password = secrets.token_hex(16)
        try:
            self._make()
        except BaseException:
            self.close()
            raise

    def _make(self):
        password = self.directory / "password"
        self._run("sh", "-c", f"umask 077 && echo {self.password} > {password}")
        self._run(self._programs / "initdb", "--pgdata", self._data(0), "--username=postgres",
                  f"--pwfile={password}", "--auth-local=trust", "--auth-host=scram-sha-256",
                  "--encoding=UTF8", "--locale=C.UTF-8")
        self.start(0)
        self._run(self._programs / "pg_basebackup", "-h", self.directory, "-p",
                  str(self.ports[0]), "-U", "postgres", "-D", self._data(1), "-R", "-X", "stream")
        # The primary recognises the standby that it waits for by its name.
        self._run("sh", "-c", "echo \"primary_conninfo = 'host=" + str(self.directory) + " port="
                  + str(self.ports[0]) + " user=postgres application_name=standby'\" >> "
                  + str(self._data(1) / "postgresql.auto.conf"))
        self.start(1)
        self._sql(0, "ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        self._sql(0, "SELECT pg_reload_conf()")
        wait_until(lambda: "sync" in self._sql(0, "SELECT sync_state FROM pg_stat_replication"),
                   20, "the standby replicates synchronously")
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        self.url = (f"postgresql://postgres:{self.password}@{hosts}/postgres"
                    "?target_session_attrs=read-write")

    def _data(self, number):
        return self.directory / f"data{number}"

    def _run(self, *command):
        run = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **self._as_server)
        assert run.returncode == 0, f"{command}: {run.stdout}"
        return run.stdout

    def _sql(self, number, statement):
        return self._run("psql", "-qAtX", "-h", self.directory, "-p", str(self.ports[number]), "-U",
                         "postgres", "-c", statement)

    def start(self, number):
        with open(self.directory / f"log{number}", "ab") as log:
            self._running[number] = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data(number), "-p",
                 str(self.ports[number]), "-k", self.directory, "-c", "listen_addresses=127.0.0.1"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                **self._as_server)
        wait_until(lambda: subprocess.run(
            [self._programs / "pg_isready", "-q", "-h", self.directory, "-p",
             str(self.ports[number])], check=False).returncode == 0, 30, "PostgreSQL answers")

    def kill(self, number):
        """Kills all of its processes, as a power cut does."""
        process = self._running.pop(number)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def promote(self, number):
        # It waits for no standby, because there is none any more.
        self._run(self._programs / "pg_ctl", "-D", self._data(number), "-w", "promote")
        self._sql(number, "ALTER SYSTEM SET synchronous_standby_names = ''")
        self._sql(number, "SELECT pg_reload_conf()")

    def close(self):
        for number in list(self._running):
            self.kill(number)
        shutil.rmtree(self.directory, ignore_errors=True)
