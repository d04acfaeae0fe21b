"""A real Prometheus with the configuration and the alerts of examples/observability, in short intervals."""

import shutil

import requests
import yaml

from support import Program, free_port, wait_until

PROGRAM = "prometheus"


def is_installed():
    return shutil.which(PROGRAM) is not None


class Prometheus:
    """Scrapes the servers at `targets` ("HOST:PORT"). Alerts become firing after one second instead of the time in
    their rules, and rules are evaluated five times in a second."""

    def __init__(self, examples, targets, directory):
        config = yaml.safe_load((examples / "prometheus.yml").read_text())
        config["global"] = {"scrape_interval": "200ms", "scrape_timeout": "200ms", "evaluation_interval": "200ms"}
        config["scrape_configs"] = [job for job in config["scrape_configs"] if job["job_name"] == "rescuestream"]
        config["scrape_configs"][0]["static_configs"] = [{"targets": targets}]
        rules = yaml.safe_load((examples / "alerts.yml").read_text())
        for rule in rules["groups"][0]["rules"]:
            rule["for"] = "1s"
        (directory / "alerts.yml").write_text(yaml.safe_dump(rules))
        file = directory / "prometheus.yml"
        file.write_text(yaml.safe_dump(config))
        port = free_port()
        self.origin = f"http://127.0.0.1:{port}"
        self.program = Program(
            [PROGRAM, f"--config.file={file}", f"--storage.tsdb.path={directory / 'data'}",
             f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"], directory / "prometheus.log")
        wait_until(self._is_ready, 20, f"Prometheus is ready\n{self.program.output()}")

    def _is_ready(self):
        assert self.program.running(), self.program.output()
        try:
            return requests.get(self.origin + "/-/ready", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def _get(self, path, **parameters):
        answer = requests.get(self.origin + path, params=parameters, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def value(self, expression):
        """Returns the value of an expression that has at most one; None when it has none."""
        result = self._get("/api/v1/query", query=expression)["result"]
        assert len(result) <= 1, result
        return float(result[0]["value"][1]) if result else None

    def firing(self, name):
        """Returns the alerts of this name that fire."""
        return [alert for alert in self._get("/api/v1/alerts")["alerts"]
                if alert["labels"]["alertname"] == name and alert["state"] == "firing"]

    def stop(self):
        self.program.stop()
