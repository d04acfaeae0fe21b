"""Records what the server has acknowledged, and therefore must never lose."""

import dataclasses
import threading
import time

# Whether a publisher may be on a path: allowed; not known; refused, which the server acknowledged; the
# path belongs to no key.
WELCOME, UNSURE, BARRED, UNKNOWN = "welcome", "unsure", "barred", "of no key"

EVER = 1e9
# A change whose request got no answer, or the answer "pending", may take effect this much later.
LATE_EFFECT = 30


@dataclasses.dataclass
class Key:
    id: str
    path: str
    value: str  # the newest value
    standing: str = WELCOME
    revoked: bool = False
    disabled: bool = False
    excused: float = 0.0  # until then another stream may replace its stream


class Ledger:
    """Safe to be used from several threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self._keys = {}
        self._by_path = {}  # also by values: the path of encoders that can only send a path
        self._broadcasters = set()
        self._stopped = set()
        self._records = set()  # (action, id) that the audit record must show

    def broadcaster_created(self, answer):
        with self._lock:
            self._broadcasters.add(answer["id"])
            self._records.add(("create", answer["id"]))

    def key_created(self, answer):
        key = Key(answer["id"], answer["playback_path"], answer["key_value"])
        with self._lock:
            self._keys[key.id] = key
            self._by_path[key.path] = self._by_path[key.value] = key
            self._records.add(("create", key.id))
        return key

    def change_begins(self, key):
        """From now on until the answer it is not known whom the server accepts."""
        with self._lock:
            key.standing = UNSURE
            key.excused = EVER

    def _changed(self, key, standing, action):
        self._stand(key, standing)
        self._records.add((action, key.id))

    @staticmethod
    def _stand(key, standing):
        key.standing = standing
        key.excused = time.monotonic() + LATE_EFFECT if standing == WELCOME else EVER

    def key_revoked(self, key):
        with self._lock:
            key.revoked = True
            self._changed(key, BARRED, "delete")

    def key_disabled(self, key):
        with self._lock:
            key.disabled = True
            self._changed(key, BARRED, "disable")

    def key_enabled(self, key):
        with self._lock:
            key.disabled = False
            self._changed(key, WELCOME, "enable")

    def key_rotated(self, key, answer):
        """Marks it as barred until value_taken(), because its encoder still has the value before."""
        with self._lock:
            key.value = answer["key_value"]
            self._by_path[key.value] = key
            self._changed(key, BARRED, "rotate")

    def value_taken(self, key):
        with self._lock:
            self._stand(key, WELCOME)

    def stream_may_end(self, keys=None, seconds=LATE_EFFECT):
        """Notes that the streams of these keys (None: all) may end about now."""
        with self._lock:
            for key in self._keys.values() if keys is None else keys:
                key.excused = max(key.excused, time.monotonic() + seconds)

    def stream_stopped(self, stream_id):
        with self._lock:
            self._stopped.add(stream_id)

    def standing(self, path):
        """Returns (the standing of a publisher there, a name for the path that is no secret)."""
        with self._lock:
            key = self._by_path.get(path)
            if key is None:
                return UNKNOWN, path
            if path not in (key.path, key.value):
                return BARRED, key.path  # a value from before a rotation
            return key.standing, key.path

    def excuses(self):
        """Returns until when another stream may replace the stream of each key."""
        with self._lock:
            return {key.id: key.excused for key in self._keys.values()}

    def totals(self):
        with self._lock:
            revoked = sum(key.revoked for key in self._keys.values())
            return {"keys": len(self._keys), "revoked keys": revoked,
                    "broadcasters": len(self._broadcasters), "stopped streams": len(self._stopped),
                    "audit entries": len(self._records)}

    def lost(self, api):
        """Returns sentences about what the server has lost."""
        with self._lock:
            # Copied before the request: the answer need not contain what is acknowledged meanwhile.
            keys = [dataclasses.replace(key) for key in self._keys.values()]
            broadcasters, stopped = set(self._broadcasters), set(self._stopped)
            records = set(self._records)
        found = {key["id"]: key for key in api.call("GET", "/stream-keys")["stream_keys"]}
        known = {one["id"] for one in api.call("GET", "/broadcasters")["broadcasters"]}
        sentences = [f"broadcaster {one} is gone" for one in broadcasters - known]
        sentences += [f"the record is gone: {action} {resource}"
                      for action, resource in records - _recorded(api)]
        for key in keys:
            if key.id not in found:
                sentences.append(f"key {key.id} is gone")
                continue
            status, disabled = found[key.id]["status"], found[key.id]["disabled"]
            expected = "revoked" if key.revoked else "active"
            if (status, disabled) != (expected, key.disabled) and self._unchanged(key):
                sentences.append(f"key {key.id} was {expected}, disabled: {key.disabled}; is "
                                 f"{status}, disabled: {disabled}")
        for stream in stopped:
            status = api.stream(stream)["status"]
            if status != "ended":
                sentences.append(f"stream {stream} was stopped and is {status}")
        return sentences

    def _unchanged(self, before):
        """Returns the keys that are known and not being changed."""
        with self._lock:
            return self._keys[before.id] == before and before.standing != UNSURE


def _recorded(api):
    """(action, resource) of every entry of the audit record."""
    entries, offset = set(), 0
    while True:
        page = api.call("GET", f"/audit-logs?limit=100&offset={offset}")["audit_logs"]
        entries |= {(entry["action"], entry["resource_id"]) for entry in page}
        if len(page) < 100:
            return entries
        offset += len(page)
