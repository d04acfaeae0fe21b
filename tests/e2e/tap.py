"""Somebody who listens at the address of MediaMTX's control interface."""

import base64
import re
import socket
import threading


class Tap:
    """Records everything that is sent to it. `target`: the port of this machine to which it passes everything on;
    None: it answers every request with 401."""

    def __init__(self, target=None):
        self.target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._lock = threading.Lock()
        self._received = []
        threading.Thread(target=self._listen, daemon=True).start()

    def received(self):
        """Returns the requests as text, followed by the credentials in them in clear."""
        with self._lock:
            text = b"\n".join(map(bytes, self._received)).decode("latin-1")
        basic = re.findall(r"Authorization: Basic (\S+)", text, re.IGNORECASE)
        return text + "\n".join(base64.b64decode(each).decode() for each in basic)

    def close(self):
        self._listener.close()

    def _listen(self):
        while True:
            try:
                connection = self._listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        record = bytearray()
        with self._lock:
            self._received.append(record)
        try:
            with connection:
                if self.target is None:
                    self._refuse(connection, record)
                else:
                    with socket.create_connection(("127.0.0.1", self.target)) as onward:
                        threading.Thread(target=self._pass_on, args=(onward, connection), daemon=True).start()
                        self._pass_on(connection, onward, record)
        except OSError:
            pass

    def _refuse(self, connection, record):
        while data := connection.recv(65536):
            with self._lock:
                record += data
            if b"\r\n\r\n" in record:
                connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return

    def _pass_on(self, source, sink, record=None):
        try:
            while data := source.recv(65536):
                if record is not None:
                    with self._lock:
                        record += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
