"""The configuration of examples/observability works in a real collector."""

import pathlib
import subprocess

import requests
import yaml

from support import Program, clean_environment, free_port, wait_until

CONFIGURATION = pathlib.Path(__file__).resolve().parents[2] / "examples/observability/otel-collector.yml"
TRACE = {"resourceSpans": [{"scopeSpans": [{"spans": [{
    "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "a span", "kind": 2,
    "startTimeUnixNano": "1544712660000000000", "endTimeUnixNano": "1544712661000000000"}]}]}]}


def test_the_configuration_of_the_examples_is_valid(collector_program):
    run = subprocess.run([collector_program, "validate", f"--config={CONFIGURATION}"], check=False, text=True,
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert run.returncode == 0, run.stdout


def test_a_collector_with_the_configuration_of_the_examples_receives_traces_and_shows_its_own_metrics(
        collector_program, tmp_path):
    ports = {"otlp": free_port(), "metrics": free_port()}
    configuration = yaml.safe_load(CONFIGURATION.read_text())
    configuration["receivers"]["otlp"]["protocols"]["http"]["endpoint"] = f"127.0.0.1:{ports['otlp']}"
    (reader,) = configuration["service"]["telemetry"]["metrics"]["readers"]
    reader["pull"]["exporter"]["prometheus"] |= {"host": "127.0.0.1", "port": ports["metrics"]}
    file = tmp_path / "collector.yaml"
    file.write_text(yaml.safe_dump(configuration))
    program = Program([collector_program, f"--config={file}"], tmp_path / "collector.log", clean_environment())
    try:
        def answer_to_trace():
            assert program.running(), program.output()
            try:
                return requests.post(f"http://127.0.0.1:{ports['otlp']}/v1/traces", json=TRACE, timeout=5)
            except requests.ConnectionError:
                return None

        answer = wait_until(answer_to_trace, 15, "the collector answers")
        assert answer.status_code == 200, answer.text
        wait_until(lambda: '"spans": 1' in program.output(), 15, "the collector shows the trace in its log")
        metrics = requests.get(f"http://127.0.0.1:{ports['metrics']}/metrics", timeout=5).text
        assert "otelcol_receiver_accepted_spans" in metrics
    finally:
        program.stop()
