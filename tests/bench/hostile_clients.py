#!/usr/bin/env python3
"""Clients that occupy a server: idle ones, ones that send a byte a second, an upload, and ones
that send a body without its end, every second one from one of 64 other addresses.

  hostile_clients.py PORT IDLE SLOW UPLOADS HALF

Runs until its input ends, then prints how many connections were refused or closed on it (JSON)."""

import json
import resource
import selectors
import socket
import sys
import time

REQUEST = (b"POST /auth HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: application/json\r\n"
           b"Content-Length: 300\r\n\r\n" + b" " * 300)
UPLOAD_SIZE = 64 * 1024 * 1024
UPLOAD = (b"POST /stream-keys HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: application/json"
          b"\r\nContent-Length: %d\r\n\r\n" % UPLOAD_SIZE)
CHUNK = b" " * 65536
HALF = REQUEST[:-1]
OTHER_ADDRESSES = [f"127.0.0.{number}" for number in range(2, 66)]


class Client:
    """One connection after the other, at most one a second."""

    def __init__(self, kind, port, address=None):
        self.kind, self.port, self.address = kind, port, address
        self.socket = None
        self.sent = 0
        self.next_try = 0.0

    def open(self, selector, now):
        self.next_try = now + 1
        self.sent = 0
        self.socket = socket.socket()
        self.socket.setblocking(False)
        if self.address is not None:
            self.socket.bind((self.address, 0))
        error = self.socket.connect_ex(("127.0.0.1", self.port))
        if error not in (0, 115):  # EINPROGRESS
            self.socket.close()
            self.socket = None
            return False
        if self.kind == "half":
            try:
                self.socket.send(HALF)
            except OSError:
                self.socket.close()
                self.socket = None
                return False
        selector.register(self.socket, selectors.EVENT_READ, self)
        return True

    def close(self, selector):
        selector.unregister(self.socket)
        self.socket.close()
        self.socket = None

    def send(self):
        """Sends what is due now; OSError means that the connection is closed."""
        if self.kind == "slow" and self.sent < len(REQUEST):
            self.sent += self.socket.send(REQUEST[self.sent:self.sent + 1])
        elif self.kind == "upload" and self.sent < len(UPLOAD) + UPLOAD_SIZE:
            data = UPLOAD[self.sent:] or CHUNK
            self.sent += self.socket.send(data)


def main():
    port, idle, slow, uploads, half = (int(argument) for argument in sys.argv[1:])
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    clients = ([Client("idle", port) for _ in range(idle)]
               + [Client("slow", port) for _ in range(slow)]
               + [Client("upload", port) for _ in range(uploads)]
               + [Client("half", port, OTHER_ADDRESSES[number // 2 % 64] if number % 2 else None)
                  for number in range(half)])
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    told = {"refused": 0, "closed": 0, "open": 0}
    next_byte = next_upload = 0.0
    while True:
        now = time.monotonic()
        for client in clients:
            if client.socket is None and now >= client.next_try:
                told["refused"] += not client.open(selector, now)
        for kind, due in (("slow", now >= next_byte), ("upload", now >= next_upload)):
            for client in clients if due else ():
                if client.kind == kind and client.socket is not None:
                    try:
                        client.send()
                    except BlockingIOError:
                        pass
                    except OSError:
                        told["closed"] += 1
                        client.close(selector)
        next_byte = now + 1 if now >= next_byte else next_byte
        # 6 MiB a second, so that the upload is in flight while others are served.
        next_upload = now + 0.01 if now >= next_upload else next_upload
        for key, _ in selector.select(timeout=0.01 if uploads else 0.2):
            if key.data is None:
                told["open"] = sum(client.socket is not None for client in clients)
                print(json.dumps(told))
                return
            client = key.data
            try:
                if not client.socket.recv(65536):
                    raise ConnectionResetError
            except BlockingIOError:
                pass
            except OSError:
                told["closed"] += 1
                client.close(selector)


if __name__ == "__main__":
    main()
