"""RTSP encoders of single requests: one that sends malformed packets, one that waits between its requests."""

import base64
import socket
import struct
import urllib.parse

SDP = ("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
       "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
       "a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==\r\n"
       "a=control:trackID=0\r\n")

# A key picture, after which MediaMTX knows the time; aggregated units, the first of which is longer
# than the packet.
KEY_PICTURE = b"\x65\x88\x84\x00"
MALFORMED = b"\x18\xff\xff\x01"


class Encoder:
    """Connects to an address; each step of publishing is a call. `key`: the value that it gives as password."""

    def __init__(self, url, key=None):
        target = urllib.parse.urlsplit(url)
        self._url = f"rtsp://{target.hostname}:{target.port}{target.path}"
        self._credential = key and base64.b64encode(f"x:{key}".encode()).decode()
        self._socket = socket.create_connection((target.hostname, target.port), timeout=10)
        self._sequence = 0
        self._session = None

    def announce(self):
        self._ask("ANNOUNCE", self._url, SDP, "Content-Type: application/sdp")
        self._ask("SETUP", self._url + "/trackID=0", "",
                  "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record")

    def record(self):
        self._ask("RECORD", self._url, "")

    def may_record(self):
        """Returns False when MediaMTX has ended the connection or refuses."""
        try:
            self.record()
        except (AssertionError, OSError):
            return False
        return True

    def _ask(self, method, url, body, *headers):
        self._sequence += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._sequence}", *headers]
        if self._credential:
            lines.append(f"Authorization: Basic {self._credential}")
        if self._session:
            lines.append(f"Session: {self._session}")
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            data = self._socket.recv(4096)
            assert data, f"{method}: the connection ended"
            answer += data
        text = answer.decode()
        assert text.startswith("RTSP/1.0 200"), f"{method}: {text}"
        for line in text.split("\r\n"):
            if line.lower().startswith("session:"):
                self._session = line.split(":", 1)[1].split(";")[0].strip()

    def send(self, number, payload=KEY_PICTURE):
        packet = struct.pack("!BBHII", 0x80, 0x80 | 96, number % 65536, number * 3000, 1) + payload
        self._socket.sendall(struct.pack("!BBH", 0x24, 0, len(packet)) + packet)

    def close(self):
        self._socket.close()


class MalformedEncoder(Encoder):
    """Publishes at an address without a credential of its own (the path is the key)."""

    def __init__(self, url):
        super().__init__(url)
        self.announce()
        self.record()

    def send(self, number):
        super().send(number, MALFORMED if number else KEY_PICTURE)
