"""What the server has acknowledged, and so must never lose."""

import dataclasses
import threading

ACTIVE, UNSURE, REVOKED, UNKNOWN = "active", "unsure", "revoked", "of no key"


@dataclasses.dataclass
class Key:
    id: str
    paths: tuple  # where its encoders may appear in MediaMTX's list
    state: str = ACTIVE


class Ledger:
    """Safe to be used from several threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self._keys = {}
        self._by_path = {}
        self._broadcasters = set()
        self._stopped = set()

    def key_created(self, answer):
        key = Key(answer["id"], (answer["playback_path"], answer["key_value"]))
        with self._lock:
            self._keys[key.id] = key
            for path in key.paths:
                self._by_path[path] = key
        return key

    def key_being_revoked(self, key):
        """From here on until the answer nobody knows."""
        self._set(key, UNSURE)

    def key_revoked(self, key):
        self._set(key, REVOKED)

    def _set(self, key, state):
        with self._lock:
            key.state = state

    def broadcaster_created(self, answer):
        with self._lock:
            self._broadcasters.add(answer["id"])

    def stream_stopped(self, stream_id):
        with self._lock:
            self._stopped.add(stream_id)

    def standing(self, path):
        """(what the path's key is, a name for the path that is no secret)"""
        with self._lock:
            key = self._by_path.get(path)
            if key is None:
                return UNKNOWN, path
            return key.state, key.paths[0]

    def totals(self):
        with self._lock:
            revoked = sum(key.state == REVOKED for key in self._keys.values())
            return {"keys": len(self._keys), "revoked": revoked,
                    "broadcasters": len(self._broadcasters), "stopped": len(self._stopped)}

    def lost(self, api):
        """Sentences about what the server does not know any more."""
        with self._lock:
            # Before asking: what is acknowledged meanwhile is not expected in the answer.
            keys = {key.id: key.state for key in self._keys.values()}
            broadcasters, stopped = set(self._broadcasters), set(self._stopped)
        found = {key["id"]: key["status"]
                 for key in api.call("GET", "/stream-keys")["stream_keys"]}
        known = {one["id"] for one in api.call("GET", "/broadcasters")["broadcasters"]}
        recorded = self._recorded(api)
        sentences = [f"broadcaster {one} is gone" for one in broadcasters - known]
        sentences += [f"the record of broadcaster {one} is gone" for one in broadcasters
                      if ("create", one) not in recorded]
        for key, state in keys.items():
            if key not in found:
                sentences.append(f"key {key} is gone")
            elif state == REVOKED and found[key] != "revoked":
                sentences.append(f"key {key} was revoked and is {found[key]}")
            elif state == ACTIVE and found[key] != "active" and self._still_active(key):
                sentences.append(f"key {key} was never revoked and is {found[key]}")
            if ("create", key) not in recorded:
                sentences.append(f"the record of key {key} is gone")
            if state == REVOKED and ("delete", key) not in recorded:
                sentences.append(f"the record of the revocation of key {key} is gone")
        for stream in stopped:
            status = api.stream(stream)["status"]
            if status != "ended":
                sentences.append(f"stream {stream} was stopped and is {status}")
        return sentences

    def _still_active(self, key):
        with self._lock:
            return self._keys[key].state == ACTIVE

    @staticmethod
    def _recorded(api):
        """(action, resource) of every entry of the audit record."""
        entries, offset = set(), 0
        while True:
            page = api.call("GET", f"/audit-logs?limit=100&offset={offset}")["audit_logs"]
            entries |= {(entry["action"], entry["resource_id"]) for entry in page}
            if len(page) < 100:
                return entries
            offset += len(page)
