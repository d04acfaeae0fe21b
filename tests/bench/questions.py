"""The bytes of the requests, which are prepared before anything is measured."""

import base64
import dataclasses
import hashlib
import hmac
import json
import time
import uuid


@dataclasses.dataclass
class Key:
    """A stream key as an encoder knows it."""

    value: str
    path: str


def test_key(number):
    """Key `number` of `rescuestream_bench fill`."""
    digest = hashlib.sha256(f"bench {number}".encode()).digest()
    return Key("sk_" + base64.urlsafe_b64encode(digest).decode().rstrip("="), f"live/unit-{number}")


def _auth(members):
    """A request of MediaMTX with its complete set of headers. Source: MediaMTX v1.20."""
    body = json.dumps(members, separators=(",", ":"))
    return (
        "POST /auth HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: Go-http-client/1.1\r\n"
        f"Content-Length: {len(body)}\r\nContent-Type: application/json\r\n"
        f"Accept-Encoding: gzip\r\n\r\n{body}"
    ).encode()


def publish(key):
    """An RTMP encoder with a new connection wants to publish."""
    return _auth({
        "ip": "127.0.0.1", "user": "", "password": key.value, "token": key.value,
        "action": "publish", "path": key.path, "protocol": "rtmp", "id": str(uuid.uuid4()),
        "query": f"pass={key.value}", "userAgent": "FMLE/3.0 (compatible; Lavf59.27.100)",
    })


def publish_unknown():
    """A publisher that guesses a key: no two requests are alike."""
    return publish(Key("sk_" + base64.urlsafe_b64encode(uuid.uuid4().bytes * 2).decode()[:43],
                       "live/unit-0"))


def read(path):
    """A viewer wants to watch."""
    return _auth({
        "ip": "127.0.0.1", "user": "", "password": "", "token": "", "action": "read",
        "path": path, "protocol": "rtsp", "id": str(uuid.uuid4()), "query": "",
        "userAgent": "Lavf59.27.100",
    })


def watch(path, token):
    """A browser with a playback token wants to watch."""
    return _auth({
        "ip": "127.0.0.1", "user": "", "password": "", "token": token, "action": "read",
        "path": path, "protocol": "webrtc", "id": str(uuid.uuid4()), "query": "",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    })


def admin(method, path, secret, body=None, signed=False):
    """A call by an administrator. `signed`: as the web front end does it (HMAC), else with the
    secret itself."""
    text = "" if body is None else json.dumps(body)
    headers = ["Host: 127.0.0.1:8080"]
    if signed:
        stamp = str(int(time.time()))
        message = "\n".join([method, path.split("?")[0], stamp, text])
        signature = hmac.new(secret.encode(), message.encode(), "sha256").hexdigest()
        headers += ["X-API-Key: admin", f"X-Timestamp: {stamp}", f"X-Signature: {signature}"]
    else:
        headers.append(f"X-API-Key: {secret}")
    if text:
        headers += ["Content-Type: application/json", f"Content-Length: {len(text)}"]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *headers, "", text]).encode()


def write_file(file, questions):
    """Writes for each request its bytes and the right status; read by question_file.cpp."""
    with open(file, "wb") as out:
        for request, status in questions:
            out.write(b"%d %d\n" % (len(request), status))
            out.write(request)
