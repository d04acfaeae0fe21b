"""Clients are generated from openapi.yaml, compiled, and call a server."""

import os
import shutil
import urllib.request

from conftest import DOCUMENT, HERE, SECRET, run


def test_the_document_has_no_finding_of_redocly(node_modules):
    # The server's address is chosen by who installs it; the document shows the default.
    lint = run(node_modules / ".bin/redocly", "lint", "--format", "stylish", "--skip-rule",
               "no-server-example.com", DOCUMENT, env=os.environ | {"REDOCLY_TELEMETRY": "off"})
    assert lint.returncode == 0, lint.stdout
    assert "warning" not in lint.stdout.replace("Deprecation warning", ""), lint.stdout


def test_a_generated_typescript_client_compiles_and_calls_a_server(node_modules, server, tmp_path):
    for name in ("program.ts", "tsconfig.json", "package.json"):
        shutil.copy(HERE / "typescript" / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(node_modules)
    types = {}
    with urllib.request.urlopen(f"{server}/openapi.json", timeout=10) as answer:
        (tmp_path / "served.json").write_bytes(answer.read())
    for name, document in (("api.ts", DOCUMENT), ("served.ts", tmp_path / "served.json")):
        made = run(node_modules / ".bin/openapi-typescript", document, "-o", tmp_path / name)
        assert made.returncode == 0, made.stdout
        types[name] = (tmp_path / name).read_text()
    assert types["api.ts"] == types["served.ts"]
    compiled = run(node_modules / ".bin/tsc", "--project", tmp_path)
    assert compiled.returncode == 0, compiled.stdout
    called = run("node", tmp_path / "program.js", server, SECRET)
    assert called.returncode == 0 and "typescript:" in called.stdout, called.stdout


def test_the_library_jose_checks_our_tokens_and_makes_others_that_we_accept(node_modules, server, tmp_path):
    shutil.copy(HERE / "typescript/tokens.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(node_modules)
    called = run("node", tmp_path / "tokens.mjs", server, SECRET)
    assert called.returncode == 0 and "tokens:" in called.stdout, called.stdout


def test_a_generated_python_client_calls_a_server(python_environment, server, tmp_path):
    made = run(python_environment / "openapi-python-client", "generate", "--path", DOCUMENT,
               "--config", HERE / "python/config.yml", "--meta", "none", "--fail-on-warning",
               "--output-path", tmp_path / "rescuestream_client",
               env=os.environ | {"PATH": f"{python_environment}:{os.environ['PATH']}"})
    assert made.returncode == 0, made.stdout
    called = run(python_environment / "python", HERE / "python/program.py", server, SECRET,
                 env=os.environ | {"PYTHONPATH": str(tmp_path)})
    assert called.returncode == 0 and "python:" in called.stdout, called.stdout
