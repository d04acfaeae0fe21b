"""What every kind of run needs."""

import dataclasses
import os
import pathlib
import sys

import servers
import subjects
from database import Database

OURS = "rescuestream"


def say(text):
    print(text, file=sys.stderr, flush=True)


@dataclasses.dataclass
class Context:
    """Starts servers, and stops them at the end in any case."""

    options: object
    programs: pathlib.Path
    database: Database
    work_dir: str
    started: list = dataclasses.field(default_factory=list)

    def start(self, name, program, database, log=None, more=None):
        self.started.append(servers.start(name, program, database, self.work_dir, log, more))
        return self.started[-1]

    def start_ours(self, database):
        program = self.options.server or self.programs / "rescuestream-server"
        return self.start(OURS, os.path.abspath(program), database, self.options.server_log)

    def start_ours_filled(self):
        """Our server with an empty database of its own."""
        if self.options.sqlite:
            file = pathlib.Path(self.work_dir, "ours.db")
            return subjects.Served(self.start_ours(f"sqlite:{file}"))
        url = self.database.create("ours")
        return subjects.Filled(self.start_ours(url), url)

    def start_ours_served(self, database):
        """The same, but its keys are created through its API."""
        return subjects.Served(self.start_ours(self.database.create(database)))

    def start_bare_route(self):
        self.started.append(servers.start_bare_route(
            self.programs / "rescuestream_bench_bare_route", self.work_dir))
        return self.started[-1]

    def start_served(self, name, program, database):
        """Any server with the Go service's settings and routes, with that database."""
        server = self.start(name, os.path.abspath(program), self.database.create(database))
        return subjects.Served(server, lambda: self.database.tidy_up(database))

    def other(self):
        """The other server that was asked for, or None."""
        options = self.options
        if options.other_command:
            return self.start_served(options.other_name, options.other_command, "other")
        if options.other:
            return subjects.Served(servers.running(options.other_name, options.other,
                                                   options.other_secret, options.other_pid))
        return None

    def stop(self):
        """Returns False when our server did not end with code 0 after it was asked to."""
        well = True
        for server in self.started:
            code = server.stop()
            if server.name == OURS and code != 0:
                print(f"{OURS} ENDED WITH CODE {code}\n{server.last_words()}")
                well = False
        return well
