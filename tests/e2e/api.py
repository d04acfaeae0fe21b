"""A client of the server's HTTP interface, with the front end's signature or the shared secret."""

import hashlib
import hmac
import json
import time
import urllib.parse

import requests


class Api:
    def __init__(self, origin, secret, signed=False, timeout=10):
        self.origin = origin
        self.secret = secret
        self.signed = signed
        self.timeout = timeout

    def _credential(self, method, path, body):
        if not self.signed:
            return {"X-API-Key": self.secret}
        timestamp = str(int(time.time()))
        decoded = urllib.parse.unquote(path.partition("?")[0])
        message = f"{method}\n{decoded}\n{timestamp}\n{body}"
        signature = hmac.new(self.secret.encode(), message.encode(), hashlib.sha256).hexdigest()
        return {"X-API-Key": "frontend-app", "X-Timestamp": timestamp, "X-Signature": signature}

    def request(self, method, path, body=None, origin=None):
        text = "" if body is None else json.dumps(body)
        headers = self._credential(method, path, text) | {"Content-Type": "application/json"}
        return requests.request(method, (origin or self.origin) + path, data=text.encode(), headers=headers,
                                timeout=self.timeout)

    def call(self, method, path, body=None, status=200):
        """The answer's JSON; fails when its status is another one."""
        answer = self.request(method, path, body)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def create_broadcaster(self, name="Drone 7"):
        return self.call("POST", "/broadcasters", {"display_name": name}, 201)

    def create_key(self, broadcaster=None, **members):
        owner = broadcaster or self.create_broadcaster()
        return self.call("POST", "/stream-keys", {"broadcaster_id": owner["id"]} | members, 201)

    def live(self):
        return self.call("GET", "/streams")["streams"]

    def live_of(self, key):
        """The live stream of a key, or None."""
        found = [stream for stream in self.live() if stream["stream_key_id"] == key["id"]]
        assert len(found) <= 1, f"a key has several live streams: {found}"
        return found[0] if found else None

    def stream(self, stream_id):
        return self.call("GET", f"/streams/{stream_id}")
