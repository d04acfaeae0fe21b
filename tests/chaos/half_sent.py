"""Clients of this machine that occupy a server with requests that do not end."""

import contextlib
import selectors
import socket
import threading
import time

CLIENTS = 1500
ADDRESSES = [f"127.0.0.{number}" for number in range(1, 66)]
BETWEEN = 0.5  # seconds until one that was cut off connects again
HALF = (b"POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 300\r\n\r\n{")


class HalfSentBodies:
    """More clients than the server may have connections, so that it is always at its limit: see
    MAX_CONNECTIONS in topology.py."""

    def __init__(self):
        self._ends = threading.Event()
        self._thread = None

    def begin(self, port):
        self._ends.clear()
        self._thread = threading.Thread(target=self._hold, args=(port,), daemon=True)
        self._thread.start()

    def end(self):
        if self._thread is not None:
            self._ends.set()
            self._thread.join()
            self._thread = None

    close = end

    def _hold(self, port):
        with selectors.DefaultSelector() as selector:
            due = [(0.0, ADDRESSES[number % len(ADDRESSES)]) for number in range(CLIENTS)]
            while not self._ends.is_set():
                now = time.monotonic()
                later = [(at, address) for at, address in due if at > now]
                for _, address in (one for one in due if one[0] <= now):
                    if not self._open(selector, address, port):
                        later.append((now + BETWEEN, address))
                due = later
                for key, _ in selector.select(timeout=0.05):
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                    due.append((time.monotonic() + BETWEEN, key.data))
            for key in list(selector.get_map().values()):
                key.fileobj.close()

    @staticmethod
    def _open(selector, address, port):
        client = socket.socket()
        try:
            client.bind((address, 0))
            client.settimeout(1)
            client.connect(("127.0.0.1", port))
            client.sendall(HALF)
        except OSError:
            with contextlib.suppress(OSError):
                client.close()
            return False
        client.setblocking(False)
        selector.register(client, selectors.EVENT_READ, address)
        return True
