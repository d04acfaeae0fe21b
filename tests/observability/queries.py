"""The expressions of the Grafana board and of the alert rules, and the metrics and labels that they use."""

import json
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "observability"
BOARD = EXAMPLES / "grafana" / "rescuestream.json"
ALERTS = EXAMPLES / "alerts.yml"

# Prometheus adds these to every sample, or makes the whole metric.
LABELS_OF_PROMETHEUS = {"instance", "job"}
METRICS_OF_PROMETHEUS = {"up", "ALERTS"}

_METRIC = re.compile(r"(?<![\w:.\"])((?:rescuestream|process)_\w+|up|ALERTS)\b\s*(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"')
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")


def panels():
    """Returns every panel of the board but the titles of its rows."""
    return [panel for panel in json.loads(BOARD.read_text())["panels"] if panel["type"] != "row"]


def alerts():
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def without_variables(expression):
    """Replaces Grafana's variables by values, so that the result is an expression of Prometheus."""
    expression = re.sub(r"\$__rate_interval|\$__interval", "1m", expression)
    return re.sub(r"\$\w+|\$\{\w+\}", "value", expression)


def board_expressions():
    """Returns (where, expression) for every query of the board: of panels, variables and annotations."""
    board = json.loads(BOARD.read_text())
    found = [(f"panel {panel['title']!r}", target["expr"]) for panel in panels() for target in panel["targets"]]
    for annotation in board["annotations"]["list"]:
        found.append((f"annotation {annotation['name']!r}", annotation["expr"]))
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            metric, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"]).groups()
            found.append((f"variable {variable['name']!r}", f"group by ({label}) ({metric})"))
    return found


def alert_expressions():
    """Returns (where, expression) for every alert, and for every query in its annotations."""
    found = []
    for rule in alerts():
        where = f"alert {rule['alert']}"
        found.append((where, rule["expr"]))
        for text in rule["annotations"].values():
            found += [(where, query) for query in re.findall(r'\bquery "([^"]*)"', text)]
    return found


def metrics_in(expression):
    """Returns [(metric, [(label, operator, value)])] for every selector in an expression."""
    return [(metric, _MATCHER.findall(matchers)) for metric, matchers in _METRIC.findall(expression)]


def grouping_labels_in(expression):
    """Returns the labels by which an expression groups or joins."""
    return {label.strip() for group in _GROUPING.findall(expression) for label in group.split(",") if label.strip()}


def samples_in(scrape):
    """Returns {sample name: {label: values}} for a text in Prometheus' format."""
    samples = {}
    for line in scrape.splitlines():
        if line and not line.startswith("#"):
            name, labels = re.match(r"([\w:]+)(?:\{(.*)\})? ", line).groups()
            known = samples.setdefault(name, {})
            for label, value in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or ""):
                known.setdefault(label, set()).add(value)
    return samples


def missing_in(samples, expression):
    """Returns a sentence for every metric and label of an expression, and every value that it compares a label
    with, that is not in `samples`."""
    problems = []
    labels = set(LABELS_OF_PROMETHEUS)
    for metric, matchers in metrics_in(expression):
        if metric in METRICS_OF_PROMETHEUS:
            labels |= {"alertname", "alertstate", "node", "reason", "backend"}
            continue
        if metric not in samples:
            problems.append(f"no metric {metric}")
            continue
        labels |= samples[metric].keys()
        for label, operator, value in matchers:
            if label in LABELS_OF_PROMETHEUS:
                continue
            if label not in samples[metric]:
                problems.append(f"{metric} has no label {label}")
            elif operator == "=" and "$" not in value and value not in samples[metric][label]:
                problems.append(f"{metric} has no {label}={value}")
    problems += [f"no metric has the label {label}" for label in sorted(grouping_labels_in(expression) - labels)
                 if not any(problem.startswith("no metric ") for problem in problems)]
    return problems
