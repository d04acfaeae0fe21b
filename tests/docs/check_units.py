#!/usr/bin/env python3
"""Checks the units of examples/systemd: the settings that they and their file give are known to the server and have values that
it accepts, the paths in them agree, and systemd (if it is installed) finds nothing wrong with the units.

  check_units.py SOURCE_DIR PROGRAM_DIR"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

SOURCE_DIR = pathlib.Path(sys.argv[1]).resolve()
PROGRAM_DIR = pathlib.Path(sys.argv[2]).resolve()
FOLDER = SOURCE_DIR / "examples" / "systemd"
SERVER = PROGRAM_DIR / "rescuestream-server"


def known_settings():
    table = subprocess.run([SERVER, "--print-settings-markdown"], check=True, capture_output=True, text=True).stdout
    names = set(re.findall(r"^\| `([A-Z_]+)`", table, re.M))
    assert "API_PORT" in names, table
    return names | {name + "_FILE" for name in names} | {"CONFIG_FILE"}


def check_settings(unit, settings):
    known = known_settings()
    # Also those that are only a proposal in a comment.
    in_unit = re.findall(r"^#?Environment=([A-Z_]+)=(.*)$", unit, re.M)
    assert ("CONFIG_FILE", "/etc/rescuestream/rescuestream.toml") in in_unit, in_unit
    for name, _ in in_unit:
        assert name in known, f"the server does not know {name}, which the unit sets"
    for name, value in in_unit:
        for credential in re.findall(r"%d/(\S+)", value):
            assert f"LoadCredential={credential}:" in unit, f"{name} names a credential that is not loaded"
    for name in settings:
        assert name in known, f"the server does not know {name}, which rescuestream.toml sets"
    directory = re.search(r"^StateDirectory=(\S+)$", unit, re.M).group(1)
    assert settings["DATA_DIR"] == f"/var/lib/{directory}", settings


def check_values(text):
    """The server refuses nothing in the file. It is started with a port that is none, which is the only fault that it names."""
    with tempfile.TemporaryDirectory() as place:
        file = pathlib.Path(place, "rescuestream.toml")
        file.write_text(text.replace("/var/lib/rescuestream", place))
        run = subprocess.run([SERVER, "--config", file, "--metrics-port", "70000"], capture_output=True, text=True, timeout=30,
                             env={"PATH": "/usr/bin:/bin", "HOME": place})
    assert run.returncode == 2 and "metrics" in run.stderr.lower(), run
    for name in tomllib.loads(text):
        assert name not in run.stderr, run.stderr


def check_units():
    if not shutil.which("systemd-analyze"):
        print("systemd-analyze is not installed: the units themselves are not checked")
        return
    with tempfile.TemporaryDirectory() as place:
        units = []
        for unit in FOLDER.glob("*.service"):
            copy = pathlib.Path(place, unit.name)
            copy.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.M))
            units.append(copy)
        assert len(units) == 2, units
        run = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0 and not run.stderr, run.stderr


def main():
    unit = (FOLDER / "rescuestream-server.service").read_text()
    text = (FOLDER / "rescuestream.toml").read_text()
    check_settings(unit, tomllib.loads(text))
    check_values(text)
    check_units()


main()
