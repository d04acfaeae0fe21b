"""A TCP connection between two programs, which can be cut as a network is."""

import socket
import struct
import threading

from support import free_port


def _reset(connection):
    """Closes with RST, so that the other end notices at once."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
    _wake_and_close(connection)


def _wake_and_close(connection):
    try:
        # A close alone does not wake a thread that reads.
        connection.shutdown(socket.SHUT_RD)
    except OSError:
        pass
    connection.close()


class Link:
    """Forwards connections to `port` to the port `target`, both on this machine.

    Cut silently, nothing passes and nobody is told: what was sent meanwhile arrives after the
    healing, as TCP does it. Cut loudly, every connection is reset and none gets through."""

    def __init__(self, target):
        self.port = free_port()
        self._target = target
        self._lock = threading.Lock()
        self._open = set()
        self._passes = threading.Event()
        self._passes.set()
        self._refuses = False
        self._closing = False
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, loudly):
        with self._lock:
            if not loudly:
                self._passes.clear()
                return
            self._refuses = True
            for connection in self._open:
                _reset(connection)
            self._open.clear()

    def heal(self):
        with self._lock:
            self._refuses = False
            self._passes.set()

    def close(self):
        self._closing = True
        self.cut(loudly=True)
        self._passes.set()
        _wake_and_close(self._listener)

    def _accept(self):
        while not self._closing:
            try:
                near, _ = self._listener.accept()
            except OSError:
                continue
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _adopt(self, connection):
        """Returns False, and resets the connection, when the link is cut loudly."""
        with self._lock:
            if not self._refuses:
                self._open.add(connection)
                return True
        _reset(connection)
        return False

    def _serve(self, near):
        if not self._adopt(near):
            return
        self._passes.wait()
        far = None
        try:
            far = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            far.settimeout(None)
            if not self._adopt(far):
                return
            back = threading.Thread(target=self._pump, args=(far, near), daemon=True)
            back.start()
            self._pump(near, far)
            back.join()
        except OSError:
            _reset(near)
        finally:
            with self._lock:
                self._open -= {near, far}
            near.close()
            if far:
                far.close()

    def _pump(self, source, sink):
        try:
            while True:
                data = source.recv(65536)
                self._passes.wait()
                if not data:
                    break
                sink.sendall(data)
            if self._refuses:
                _reset(sink)  # the end of `source` was the cut
            else:
                sink.shutdown(socket.SHUT_WR)
        except OSError:
            # A reset tells the other end that this one broke.
            _reset(sink)
