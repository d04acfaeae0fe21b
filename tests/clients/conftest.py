"""A server in memory, and the generators, which are fetched once into the build directory."""

import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "rescuestream-server/openapi.yaml"
SECRET = "clients-test-secret"
SKIPPED = 77
# What npm and pip say when the registry cannot be reached.
NO_NETWORK = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|E40[34]|Could not find a version|"
                        r"No matching distribution|NewConnectionError|Temporary failure|403 |timed out")
_outcomes = set()


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        _outcomes.add(report.outcome)


def pytest_sessionfinish(session, exitstatus):
    if exitstatus == pytest.ExitCode.OK and _outcomes == {"skipped"}:
        session.exitstatus = SKIPPED


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, **options)


def fetched(name, description, fetch):
    """A directory that `fetch` has filled; another `description` makes another one."""
    base = pathlib.Path(os.environ.get("RESCUESTREAM_CLIENTS_DIR") or HERE.parents[1] / "build/clients")
    digest = hashlib.sha256(description.read_bytes()).hexdigest()[:16]
    directory = base / f"{name}-{digest}"
    if (directory / "complete").exists():
        return directory
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    done = fetch(directory)
    if done.returncode != 0:
        if NO_NETWORK.search(done.stdout):
            pytest.skip(f"the packages of {description.name} cannot be fetched")
        raise AssertionError(done.stdout)
    (directory / "complete").touch()
    return directory


@pytest.fixture(scope="session")
def node_modules():
    """The programs of typescript/package.json."""
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("Node.js with npm is not installed")
    version = run("node", "--version").stdout
    if int(re.match(r"v(\d+)", version).group(1)) < 20:
        pytest.skip(f"the generators need Node.js 20; this is {version.strip()}")
    source = HERE / "typescript/package.json"

    def fetch(directory):
        shutil.copy(source, directory)
        return run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", cwd=directory)

    return fetched("npm", source, fetch) / "node_modules"


@pytest.fixture(scope="session")
def python_environment():
    """A virtual environment with the packages of python/requirements.txt."""
    source = HERE / "python/requirements.txt"

    def fetch(directory):
        made = run("python3", "-m", "venv", directory / "venv")
        if made.returncode != 0:
            pytest.skip("python3 cannot make a virtual environment (Debian: python3-venv)")
        return run(directory / "venv/bin/pip", "install", "--quiet", "-r", source)

    return fetched("python", source, fetch) / "venv/bin"


@pytest.fixture
def server(tmp_path):
    """The address of a server with everything in memory."""
    environment = os.environ | {
        "DATA_DIR": str(tmp_path), "API_HOST": "127.0.0.1", "API_PORT": "0", "API_SECRET": SECRET,
        "DATABASE_URL": "memory:", "MEDIAMTX_API_URL": "memory:", "METRICS_ENABLED": "false",
        "LOG_FORMAT": "json", "MEDIA_SECRET": "", "CONFIG_FILE": ""}
    log = tmp_path / "log"
    with log.open("w") as output:
        # pylint: disable=consider-using-with
        process = subprocess.Popen([os.environ["RESCUESTREAM_SERVER"]], env=environment,
                                   stderr=output, stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    ready = None
    while not ready and time.monotonic() < deadline and process.poll() is None:
        ready = re.search(r'"ready","address":"([^"]+)"', log.read_text())
        time.sleep(0.02)
    try:
        assert ready, log.read_text()
        yield f"http://{ready.group(1)}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
