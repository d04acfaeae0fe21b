"""Clients over RTMP, SRT and WHIP that are accepted and send no media."""

import ctypes
import glob
import os
import socket
import struct
import urllib.parse

import requests


def text(value):
    return b"\x02" + struct.pack(">H", len(value)) + value.encode()


def number(value):
    return b"\x00" + struct.pack(">d", value)


NULL = b"\x05"


def message(stream, *values):
    """An RTMP command, in chunks of 128 bytes."""
    body = b"".join(values)
    head = b"\x03" + bytes(3) + len(body).to_bytes(3, "big") + b"\x14" + struct.pack("<I", stream)
    return head + b"\xc3".join(body[at:at + 128] for at in range(0, len(body), 128))


class RtmpClient:
    """Asks to publish at an address rtmp://host:port/app/key?query."""

    def __init__(self, url):
        target = urllib.parse.urlsplit(url)
        app, _, key = f"{target.path[1:]}?{target.query}".partition("/")
        self._socket = socket.create_connection((target.hostname, target.port), timeout=10)
        self._socket.sendall(b"\x03" + bytes(8) + os.urandom(1528))
        self._socket.sendall(self._read(1 + 2 * 1536)[1:1537])
        place = f"rtmp://{target.netloc}/{app}"
        members = b"".join(text(name)[1:] + text(value) for name, value in (("app", app), ("tcUrl", place)))
        self._socket.sendall(message(0, text("connect"), number(1), b"\x03" + members + b"\0\0\x09")
                             + message(0, text("createStream"), number(2), NULL)
                             + message(1, text("publish"), number(3), NULL, text(key), text("live")))
        answers = b""
        while b"NetStream.Publish.Start" not in answers:
            answers += self._read(1)

    def _read(self, count):
        data = b""
        while len(data) < count:
            more = self._socket.recv(count - len(data))
            assert more, "the connection ended"
            data += more
        return data

    def close(self):
        self._socket.close()


def srt_library():
    """The library that ffmpeg uses, or None."""
    found = sorted(glob.glob("/usr/lib/*/libsrt*.so.*"))
    return ctypes.CDLL(found[0]) if found else None


class SrtAddress(ctypes.Structure):
    _fields_ = [("family", ctypes.c_ushort), ("port", ctypes.c_ushort), ("address", ctypes.c_uint32),
                ("zero", ctypes.c_char * 8)]


class SrtClient:
    """Connects to an address srt://host:port?streamid=…"""

    STREAM_ID = 46  # SRTO_STREAMID

    def __init__(self, url):
        target = urllib.parse.urlsplit(url)
        name = urllib.parse.parse_qs(target.query)["streamid"][0].encode()
        self._library = srt_library()
        self._library.srt_startup()
        self._socket = self._library.srt_create_socket()
        assert self._library.srt_setsockflag(self._socket, self.STREAM_ID, name, len(name)) == 0
        address = SrtAddress(socket.AF_INET, socket.htons(target.port),
                             struct.unpack("I", socket.inet_aton(target.hostname))[0])
        assert self._library.srt_connect(self._socket, ctypes.byref(address), ctypes.sizeof(address)) == 0

    def close(self):
        self._library.srt_close(self._socket)


OFFER = "\r\n".join((
    "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "c=IN IP4 0.0.0.0", "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx",
    "a=fingerprint:sha-256 " + ":".join(["AB"] * 32), "a=setup:actpass", "a=mid:0", "a=sendonly", "a=rtcp-mux",
    "a=rtpmap:96 VP8/90000", ""))


class WhipClient:
    """Sends an offer and never connects."""

    def __init__(self, url, key):
        answer = requests.post(url, data=OFFER, timeout=10, headers={
            "Content-Type": "application/sdp", "Authorization": f"Bearer {key}"})
        assert answer.status_code == 201, answer.text

    def close(self):
        pass
