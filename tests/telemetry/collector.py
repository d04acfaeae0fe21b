"""An OpenTelemetry Collector that writes what it receives into a file, and what is read from there."""

import json
import socket

from support import Program, clean_environment, free_port, wait_until

CONFIGURATION = """
receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:{port}
exporters:
  file:
    path: {file}
service:
  telemetry:
    metrics:
      level: none
  pipelines:
    traces: {{receivers: [otlp], exporters: [file]}}
    metrics: {{receivers: [otlp], exporters: [file]}}
"""


class Span:
    """A span with its attributes as a dictionary."""

    def __init__(self, span, resource):
        self.resource = resource
        self.name = span["name"]
        self.kind = span["kind"]
        self.trace = span["traceId"]
        self.id = span["spanId"]
        self.parent = span.get("parentSpanId") or None
        self.state = span.get("traceState", "")
        self.start = int(span["startTimeUnixNano"])
        self.end = int(span["endTimeUnixNano"])
        self.attributes = attributes_of(span)
        self.links = [(link["traceId"], link["spanId"]) for link in span.get("links", [])]
        self.failed = span.get("status", {}).get("code") == 2

    def __repr__(self):
        return f"{self.name} {self.attributes}"


def attributes_of(owner):
    values = {}
    for each in owner.get("attributes", []):
        ((kind, value),) = each["value"].items()
        values[each["key"]] = int(value) if kind == "intValue" else value
    return values


class Collector:
    def __init__(self, program, directory):
        self.port = free_port()
        self.file = directory / "received.json"
        self._configuration = directory / "collector.yaml"
        self._configuration.write_text(CONFIGURATION.format(port=self.port, file=self.file))
        self.program = Program([program, "--config", self._configuration],
                               directory / "collector.log", clean_environment())
        wait_until(self._listens, 15, f"the collector listens\n{self.program.output()}")

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def _listens(self):
        assert self.program.running(), self.program.output()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def text(self):
        return self.file.read_text() if self.file.exists() else ""

    def spans(self):
        found = []
        for line in self.text().splitlines():
            try:
                received = json.loads(line)
            except ValueError:
                continue  # it is being written
            for of_resource in received.get("resourceSpans", []):
                resource = attributes_of(of_resource["resource"])
                for of_scope in of_resource["scopeSpans"]:
                    found += [Span(span, resource) for span in of_scope["spans"]]
        return found

    def stop(self):
        """Ends the collector; then everything is in the file."""
        if self.program.running():
            self.program.stop()
