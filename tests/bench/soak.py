"""Sends many requests of all kinds, and shows whether memory or the number of descriptors grows without end."""

import random

import load
import questions as q
import report
from run_context import OURS, say

BATCH = 5000
AT_ONCE = 16
# Shares of a batch.
ACCEPTS, REJECTS, READS, LISTS, WRITES = 0.2, 0.3, 0.3, 0.02, 0.08
JSON = "Content-Type: application/json\r\n"


def _raw(head, body=""):
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{head}\r\nHost: 127.0.0.1\r\n{length}\r\n{body}".encode()


BROKEN = [
    _raw("GET /no-such-route HTTP/1.1"),
    _raw("GET /streams HTTP/1.1"),
    _raw("PUT /auth HTTP/1.1"),
    _raw(f"POST /auth HTTP/1.1\r\n{JSON.strip()}", "{\"action\":"),
    _raw(f"POST /auth HTTP/1.1\r\n{JSON.strip()}", "[" * 500),
    _raw("POST /auth HTTP/1.1\r\nContent-Type: text/plain", "action=publish"),
    _raw(f"POST /auth HTTP/1.1\r\n{JSON.strip()}", "{}"),
    _raw("GET /streams/not-an-id HTTP/1.1\r\nX-API-Key: wrong"),
    _raw("POST /webhook/ready HTTP/1.1\r\nContent-Type: application/json", "{\"path\":7}"),
    _raw("BREW /coffee HTTP/1.1"),
    b"\x16\x03\x01 this is no HTTP\r\n\r\n",
]


def _same_encoders(subject):
    """Encoders that repeat their requests: new keys would rightly take new memory."""
    return [(q.publish(key), 200) for key in subject.take(int(ACCEPTS * BATCH))]


def _some_key(server):
    return load.answers(server, [(server.admin("GET", "/stream-keys?limit=1"), 200)])[0][
        "stream_keys"][0]["id"]


def _mix(subject, size, accepts, some_key):
    """(request, right status) pairs; 0: any answer."""
    server = subject.server
    mix = random.choices(accepts, k=int(ACCEPTS * size))
    mix += [(q.publish_unknown(), 401) for _ in range(int(REJECTS * size))]
    mix += [(q.read(path), 200) for path in random.choices(subject.live_paths,
                                                           k=int(READS * size))]
    lists = [(server.admin("GET", path), 200)
             for path in ("/streams", "/streams?state=ended&limit=50", "/stream-keys?limit=50",
                          "/audit-logs?limit=50")]
    mix += random.choices(lists, k=int(LISTS * size))
    writes = [
        (server.admin("POST", "/broadcasters", {"display_name": "Soak"}), 201),
        (server.admin("PATCH", f"/stream-keys/{some_key}", {"label": str(random.random())}), 200),
        (server.admin("PATCH", f"/broadcasters/{subject.broadcaster}", {"display_name": "Soak"}),
         200),
    ]
    mix += random.choices(writes, k=int(WRITES * size))
    mix += [(request, 0) for request in random.choices(BROKEN, k=size - len(mix))]
    random.shuffle(mix)
    return mix


def run(context):
    """Returns False when a request got a wrong answer or none, or the server has ended."""
    ours = context.start_ours_filled()
    ours.prepare(BATCH, 100, 1000)
    server = ours.server
    samples, statuses = [(0, server.resident_mib(), server.descriptors())], {}
    wrong = failed = done = 0
    print(f"{'requests':>10}{'per s':>8}{'p99 ms':>9}{'MiB':>8}{'descriptors':>13}{'wrong':>7}"
          f"{'failed':>8}")
    accepts, some_key = _same_encoders(ours), _some_key(server)
    step = 0
    while done < context.options.soak and server.is_running():
        size = min(BATCH, context.options.soak - done)
        line = load.run(server, _mix(ours, size, accepts, some_key), AT_ONCE, kept=step % 2 == 1)
        step += 1
        done += size
        wrong, failed = wrong + line["wrong"], failed + line["failed"]
        for status, count in line["statuses"].items():
            statuses[status] = statuses.get(status, 0) + count
        samples.append((done, server.resident_mib() or 0.0,
                        server.descriptors() if server.is_running() else 0))
        print(f"{done:>10,}{line['rate']:>8.0f}{line['p99'] / 1000:>9.2f}{samples[-1][1]:>8.1f}"
              f"{samples[-1][2]:>13}{line['wrong']:>7}{line['failed']:>8}", flush=True)
    half = samples[len(samples) // 2:]
    memory = 1e6 * report.slope([(count, mib) for count, mib, _ in half])
    descriptors = 1e6 * report.slope([(count, number) for count, _, number in half])
    say("done")
    print(f"\nover the last half, for each million requests: {memory:+.2f} MiB, {descriptors:+.1f} "
          f"descriptors\nstatuses: {dict(sorted(statuses.items()))}; {wrong} wrong, {failed} failed"
          f"{'' if server.is_running() else '; ' + OURS + ' DID NOT SURVIVE'}")
    return not wrong and not failed and server.is_running(), {
        "samples": samples, "mib_per_million": memory, "descriptors_per_million": descriptors,
        "wrong": wrong, "failed": failed, "statuses": statuses}
