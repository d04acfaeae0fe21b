"""Carries out the plan with encoders and with the server's API, as people use them."""

import itertools
import queue
import threading
import time

import requests

from encoders import Encoder, make_clip
from ledger import WELCOME
from plan import SLOTS
from topology import UNASKED

PATH_ONLY_SLOT = 0  # the encoder that can only send a path: its key value
RTSP_SLOTS = (1, 2)
VISIT_SECONDS = 12  # of an intruder, and of a second encoder on a key


class Workload:
    """Each encoder has its own thread, so that a call that hangs delays only that encoder;
    actions on one encoder keep their order."""

    def __init__(self, topology, ledger, trace):
        self._topology = topology
        self._api = topology.api(timeout=6)
        self._ledger = ledger
        self._trace = trace
        self._closing = threading.Event()
        self._pending = 0
        self._idle = threading.Condition()
        self._spare = []
        self._visitors = self._intruders = 0
        self.counts = {}
        self.complaints = []
        clip = topology.directory / "picture.mp4"
        make_clip(clip)
        self._clip = clip
        self._broadcaster = self._create_broadcaster()
        self._keys = [None] * SLOTS
        self._targets = [None] * SLOTS  # (server, stream key) or (address,)
        self._values = [None] * SLOTS  # answers with a value that the encoder does not have yet
        self._encoders = [Encoder(f"encoder-{slot}", clip, topology.directory)
                          for slot in range(SLOTS)]
        self._queues = {slot: queue.Queue() for slot in (-1, *range(SLOTS))}
        self._threads = [threading.Thread(target=self._work, args=(tasks,), daemon=True)
                         for tasks in self._queues.values()]
        for slot in range(SLOTS):
            self._renew(slot)
        for thread in self._threads:
            thread.start()

    def perform(self, action):
        with self._idle:
            self._pending += 1
        self.counts[action.kind] = self.counts.get(action.kind, 0) + 1
        self._queues[action.slot].put(action)

    def publishers(self):
        """Returns the paths that an encoder should publish on."""
        return {key.path for key, encoder in zip(self._keys, self._encoders)
                if key.standing == WELCOME and encoder.is_to_publish()}

    def finished(self, seconds):
        """Returns False when a change is still not acknowledged after that many seconds."""
        with self._idle:
            return self._idle.wait_for(lambda: self._pending == 0, seconds)

    def close(self):
        self._closing.set()
        for tasks in self._queues.values():
            tasks.put(None)
        for encoder in self._encoders:
            encoder.close()
        for thread in self._threads:
            thread.join()

    def _work(self, tasks):
        while (action := tasks.get()) is not None and not self._closing.is_set():
            begun = time.monotonic()
            try:
                self._carry_out(action)
                outcome = "done"
            except Exception as error:  # a wrong answer is a finding, and the run continues
                outcome = f"{type(error).__name__}: {error}"
                self.complaints.append(f"{action.kind}: {outcome}")
            self._trace.write("action", action=action.kind, slot=action.slot, outcome=outcome,
                              seconds=round(time.monotonic() - begun, 2))
            with self._idle:
                self._pending -= 1
                self._idle.notify_all()

    def _carry_out(self, action):
        encoder = self._encoders[action.slot] if action.slot >= 0 else None
        match action.kind:
            case "start":
                encoder.start()
            case "stop":
                encoder.stop()
            case "crash":
                encoder.crash()
            case "freeze":
                encoder.freeze(action.seconds)
            case "double":
                self._visit(*self._targets[action.slot])
            case "revoke":
                self._revoke(self._keys[action.slot])
            case "renew":
                self._renew(action.slot)
            case "rotate":
                self._values[action.slot] = self._change(
                    self._keys[action.slot], "rotate").json()
                self._ledger.key_rotated(self._keys[action.slot], self._values[action.slot])
            case "take value":
                self._ledger.value_taken(self._keys[action.slot])
                self._publish(action.slot, self._values[action.slot])
            case "disable":
                self._change(self._keys[action.slot], "disable")
                self._ledger.key_disabled(self._keys[action.slot])
            case "enable":
                self._change(self._keys[action.slot], "enable")
                self._ledger.key_enabled(self._keys[action.slot])
            case "stop by API":
                self._stop_stream(self._keys[action.slot])
            case "create broadcaster":
                self._create_broadcaster()
            case "create key":
                self._spare.append(self._create_key()[0])
            case "revoke spare key":
                if self._spare:
                    self._revoke(self._spare.pop())
            case "intrude":
                self._intrude()
            case _:
                raise AssertionError(f"no such action: {action.kind}")

    def _acknowledged(self, method, path, body=None):
        """Repeats a request until the server accepts it, as a person would. A definite refusal is a finding.

        `body` may be a function that makes the body of the nth attempt, for a request that the server would
        refuse when an attempt without an answer was carried out after all."""
        for attempt in itertools.count(1):
            try:
                answer = self._api.request(method, path, body(attempt) if callable(body) else body)
                if answer.ok:
                    return answer
                assert answer.status_code >= 500, f"{method}: {answer.status_code} {answer.text}"
            except requests.RequestException:
                pass
            if self._closing.wait(0.5):
                raise AssertionError(f"{method} {path} was never acknowledged")

    def _create_broadcaster(self):
        answer = self._acknowledged("POST", "/broadcasters", {"display_name": "Chaos"}).json()
        self._ledger.broadcaster_created(answer)
        return answer["id"]

    def _create_key(self, playback_path=None):
        def body(attempt):
            members = {"broadcaster_id": self._broadcaster}
            return members | {"playback_path": f"{playback_path}-{attempt}"} if playback_path else members

        answer = self._acknowledged("POST", "/stream-keys", body).json()
        return self._ledger.key_created(answer), answer

    def _renew(self, slot):
        self._keys[slot], answer = self._create_key()
        self._publish(slot, answer)

    def _publish(self, slot, answer):
        publish = answer["publish"]
        if slot == PATH_ONLY_SLOT:
            self._targets[slot] = (self._topology.rtmp, answer["key_value"])
        elif slot in RTSP_SLOTS:
            self._targets[slot] = (publish["rtsp"],)
        else:
            self._targets[slot] = (publish["obs"]["server"], publish["obs"]["stream_key"])
        self._encoders[slot].publish(*self._targets[slot])

    def _change(self, key, verb):
        self._ledger.change_begins(key)
        return self._acknowledged("POST", f"/stream-keys/{key.id}/{verb}")

    def _revoke(self, key):
        self._ledger.change_begins(key)
        self._acknowledged("DELETE", f"/stream-keys/{key.id}")
        self._ledger.key_revoked(key)

    def _stop_stream(self, key):
        """Tries once, because the effect of a failed attempt is unknown."""
        self._ledger.stream_may_end([key])
        try:
            streams = self._api.request("GET", f"/streams?stream_key_id={key.id}")
            for stream in streams.json()["streams"] if streams.ok else []:
                if self._api.request("POST", f"/streams/{stream['id']}/stop").ok:
                    self._ledger.stream_stopped(stream["id"])
        except requests.RequestException:
            pass

    def _intrude(self):
        """A publisher that MediaMTX accepts without a request to the server: on a path of no key, or on one whose
        key is revoked."""
        self._intruders += 1
        name = f"intruder-{self._intruders}"
        if self._intruders % 2:
            key, answer = self._create_key(playback_path=f"{UNASKED}/{name}")
            self._revoke(key)
            name = answer["playback_path"].removeprefix(f"{UNASKED}/")
        self._visit(f"{self._topology.rtmp}/{UNASKED}", name)

    def _visit(self, server, stream_key=""):
        """An encoder that publishes for a while and stops."""
        with self._idle:
            self._visitors += 1
            visitor = Encoder(f"visitor-{self._visitors}", self._clip, self._topology.directory)
            self._encoders.append(visitor)
        visitor.publish(server, stream_key)
        tires = threading.Timer(VISIT_SECONDS, visitor.stop)
        tires.daemon = True
        tires.start()
