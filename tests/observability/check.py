#!/usr/bin/env python3
"""Checks examples/observability with Prometheus' own tool:

- the configuration of Prometheus and the rules are valid, and every alert passes its tests (alerts_test.yml);
- every alert says what happened, what it means and what to do, has a section in the runbook, fires in one of its
  tests, and is quiet in the test of a healthy installation;
- every expression of the Grafana board is valid, and every panel has a title and a description;
- labels in titles and legends are labels of the result of the expression;
- compose.yaml mounts files that exist, Prometheus scrapes services that exist, at the ports that they have, and the
  settings of the server are documented.

Without promtool it is skipped (77).
"""

import re
import shutil
import subprocess
import sys
import tempfile

import yaml

import queries

problems = []
TESTS = queries.ROOT / "tests" / "observability" / "alerts_test.yml"


def promtool(*arguments):
    run = subprocess.run(["promtool", *map(str, arguments)], check=False, text=True, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if run.returncode != 0:
        problems.append(f"promtool {' '.join(map(str, arguments))}:\n{run.stdout}")


def headings_of(document):
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
            for title in re.findall(r"^#+ (.*)$", document.read_text(), re.M)}


def check_alerts():
    cases = yaml.safe_load(TESTS.read_text())["tests"]
    tested = [test for case in cases for test in case["alert_rule_test"]]
    fires = {test["alertname"] for test in tested if test.get("exp_alerts")}
    quiet = {test["alertname"] for test in cases[0]["alert_rule_test"] if not test.get("exp_alerts")}
    names = set()
    for rule in queries.alerts():
        name = rule["alert"]
        names.add(name)
        if rule["labels"].get("severity") not in ("warning", "critical"):
            problems.append(f"{name}: the severity is neither warning nor critical")
        annotations = rule["annotations"]
        for annotation in ("summary", "description", "runbook"):
            if not annotations.get(annotation):
                problems.append(f"{name}: no {annotation}")
        page, _, section = annotations.get("runbook", "").partition("#")
        if not (queries.ROOT / page).is_file() or section not in headings_of(queries.ROOT / page):
            problems.append(f"{name}: the runbook has no section {annotations.get('runbook')}")
        elif f"`{name}`" not in (queries.ROOT / page).read_text():
            problems.append(f"{name}: the runbook does not name the alert")
        if name not in fires:
            problems.append(f"{name}: no test in which it fires")
        if name not in quiet:
            problems.append(f"{name}: the test of a healthy installation does not name it")
    for name in {test["alertname"] for test in tested} - names:
        problems.append(f"alerts_test.yml: there is no alert {name}")


def check_board():
    board_rules = [{"record": f"board:query{number}", "expr": queries.without_variables(expression)}
                   for number, (_, expression) in enumerate(queries.board_expressions())]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump({"groups": [{"name": "board", "rules": board_rules}]}, file)
        file.flush()
        promtool("check", "rules", file.name)
    for panel in queries.panels():
        if not panel["title"] or not panel["description"]:
            problems.append(f"panel {panel['id']} has no title or no description")
        for target in panel["targets"]:
            known = queries.grouping_labels_in(target["expr"]) | queries.LABELS_OF_PROMETHEUS
            if not re.search(r"\b(sum|max|min|avg)\b", target["expr"]):
                known |= {"path"}
            for label in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]):
                if label not in known:
                    problems.append(f"panel {panel['title']!r}: the result has no label {label}")


def check_compose():
    base = yaml.safe_load((queries.ROOT / "examples/compose/compose.yaml").read_text())["services"]
    more = yaml.safe_load((queries.EXAMPLES / "compose.yaml").read_text())["services"]
    for name, service in more.items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if "/" in source and not (queries.ROOT / "examples/compose" / source).is_file():
                problems.append(f"compose.yaml: {name} mounts {source}, which does not exist")
    documented = (queries.ROOT / "rescuestream-server/docs/configuration.md").read_text()
    for setting in [*base["server"]["environment"], *more["server"]["environment"]]:
        if f"| `{setting}` |" not in documented:
            problems.append(f"compose.yaml: there is no setting {setting}")
    collector = yaml.safe_load((queries.EXAMPLES / "otel-collector.yml").read_text())
    (reader,) = collector["service"]["telemetry"]["metrics"]["readers"]
    receiver = collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
    ports = {"server": "8081", "otel-collector": str(reader["pull"]["exporter"]["prometheus"]["port"])}
    jobs = yaml.safe_load((queries.EXAMPLES / "prometheus.yml").read_text())["scrape_configs"]
    for target in [target for job in jobs for each in job["static_configs"] for target in each["targets"]]:
        host, _, port = target.partition(":")
        if host not in base | more or ports.get(host) != port:
            problems.append(f"prometheus.yml: nothing serves metrics at {target}")
    endpoint = more["server"]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"]
    if endpoint != f"http://otel-collector:{receiver.rpartition(':')[2]}":
        problems.append(f"compose.yaml: no collector listens at {endpoint}")


if not shutil.which("promtool"):
    print("skipped: promtool (package prometheus) is not installed")
    sys.exit(77)
promtool("check", "config", queries.EXAMPLES / "prometheus.yml")
promtool("check", "rules", queries.ALERTS)
promtool("test", "rules", TESTS)
check_alerts()
check_board()
check_compose()
for problem in problems:
    print(problem)
print(f"observability: {len(queries.alerts())} alerts, {len(queries.board_expressions())} expressions of the board, "
      f"{len(problems)} problems")
sys.exit(1 if problems else 0)
