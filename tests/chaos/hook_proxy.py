"""A proxy between MediaMTX's hooks and the server, which can mishandle hooks."""

import http.server
import random
import threading

import requests

FORWARDED = ("Authorization", "Content-Type", "X-Media-Secret")


class HookProxy:
    """Passes hooks on unless told otherwise: the hook gets the server's own answer.

    While it mishandles, a hook is told 204 at once, and each of these happens to it with
    `probability`: it is lost; it is delayed; it is repeated; it waits until the next one has passed."""

    LATE = (0.5, 6.0)  # seconds
    HELD = 5.0  # at most, when no other hook comes

    def __init__(self, upstream, seed):
        self._upstream = upstream
        self._random = random.Random(f"{seed}/hooks")
        self._lock = threading.Lock()
        self._probability = 0.0
        self._held = []
        self.counts = {"passed": 0, "lost": 0, "late": 0, "doubled": 0, "reordered": 0}
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name: self.headers[name] for name in FORWARDED if name in self.headers}
                status = proxy._take(self.path, headers, body)
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass  # the hook was killed, which MediaMTX does

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # as above

        self._server = Server(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def mishandle(self, probability):
        with self._lock:
            self._probability = probability

    def behave(self):
        self.mishandle(0.0)

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def _take(self, path, headers, body):
        hook = (path, headers, body)
        with self._lock:
            chance = self._probability
            # Four random numbers for each hook, whether they are used or not, so that a seed replays.
            lost, late, doubled, held = (self._random.random() < chance for _ in range(4))
            pause = self._random.uniform(*self.LATE)
            waiting = [] if held else self._held
            if not held:
                self._held = []
            for name, happens in (("lost", lost), ("late", late and not lost),
                                  ("doubled", doubled and not lost),
                                  ("reordered", held and not lost and not late)):
                self.counts[name] += happens
            self.counts["passed"] += not (lost or late or doubled or held)
        if not chance:
            status = self._send(hook)
        else:
            status = 204
            if not lost:
                self._mishandle(hook, pause if late else 0.0, 2 if doubled else 1, held)
        for release in waiting:
            release.set()
        return status

    def _mishandle(self, hook, pause, times, held):
        release = threading.Event()
        if held and not pause:
            with self._lock:
                self._held.append(release)
            pause = self.HELD

        def deliver():
            release.wait(pause)
            for _ in range(times):
                self._send(hook)

        if pause:
            threading.Thread(target=deliver, daemon=True).start()
        else:
            deliver()

    def _send(self, hook):
        path, headers, body = hook
        try:
            return requests.post(self._upstream + path, data=body, headers=headers,
                                 timeout=3).status_code
        except requests.RequestException:
            return 502
