#!/usr/bin/env python3
"""Checks examples/observability with Prometheus' own tool:

- the configuration of Prometheus and the rules are valid, and every alert passes its tests (alerts_test.yml);
- every alert says what happened, what it means and what to do, has a section in the runbook, fires in one of its
  tests, and is quiet in the test of a healthy installation;
- every expression of the Grafana board is valid, and every panel has a title and a description;
- labels in titles and legends are labels of the result of the expression.

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


if not shutil.which("promtool"):
    print("skipped: promtool (package prometheus) is not installed")
    sys.exit(77)
promtool("check", "config", queries.EXAMPLES / "prometheus.yml")
promtool("check", "rules", queries.ALERTS)
promtool("test", "rules", TESTS)
check_alerts()
check_board()
for problem in problems:
    print(problem)
print(f"observability: {len(queries.alerts())} alerts, {len(queries.board_expressions())} expressions of the board, "
      f"{len(problems)} problems")
sys.exit(1 if problems else 0)
