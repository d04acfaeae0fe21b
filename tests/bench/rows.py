"""What is measured. Every server is measured in every round, so that a busy moment of the
machine affects all of them alike."""

import itertools

import bare_claim
import load
import questions as q

NEW, KEPT = "new", "kept"
MERGED = ("bare merged claims", KEPT, 100)
# Requests for each number at once. The target applies to new connections, as MediaMTX opens them.
AUTH = {1: 1000, 16: 3000, 100: 4000}
AUTH_TARGETS = {1: 3, 100: 25}
CLAIMS = {1: 3000, 16: 10_000, 100: 15_000}
MERGED_CLAIMS = 40_000
WRITES = {1: 150, 16: 300}
LISTS = 30
ADMIN_TARGET = 20


def keys_needed(rounds, scale):
    return rounds * 2 * sum(int(scale * count) for count in AUTH.values())


def in_turn(subjects, number):
    """Rotates the order, so that another server is first in each round."""
    first = number % len(subjects)
    return subjects[first:] + subjects[:first]


def lists(sheet, subjects, rounds, live, keys):
    """The lists and single resources. A server that did not accept its streams is left out of those
    rows."""
    streams = f"GET /streams, {live} live"
    plans = []
    for subject in subjects:
        stream_id = subject.first_stream_id()
        if stream_id is not None:
            plans.append((subject, streams, "/streams", f'"count":{live}', LISTS))
            plans.append((subject, "GET /streams/{id}", f"/streams/{stream_id}", stream_id,
                          10 * LISTS))
        plans.append((subject, f"GET /stream-keys, {keys} keys", "/stream-keys",
                      f'"count":{keys}', LISTS // 6))
    for number in range(rounds):
        for subject, what, path, text, count in in_turn(plans, number):
            server = subject.server
            sheet.add((what, NEW, 1), server.name,
                      load.run(server, [(server.admin("GET", path), 200)] * count,
                               must_contain=text, timeout=10))
    lists_after_changes(sheet, subjects, rounds)
    sheet.set_target((streams, NEW, 1), ADMIN_TARGET)


def lists_after_changes(sheet, subjects, rounds):
    """The slowest of five first requests for the list of keys after a change."""
    row = ("GET /stream-keys, just changed", NEW, 1)
    for number in range(rounds):
        for subject in in_turn(subjects, number):
            results = []
            for _ in range(LISTS // 6):
                subject.server.make_keys(1, subject.broadcaster)
                call = (subject.server.admin("GET", "/stream-keys"), 200)
                results.append(load.run(subject.server, [call], must_contain='"count":', timeout=10))
            sheet.add(row, subject.name, max(results, key=lambda result: result["p99"]))


def auth_questions(subject, what, count):
    """(request, right status) pairs."""
    if what == "accept":
        return [(q.publish(key), 200) for key in subject.take(count)]
    if what == "reject":
        return [(q.publish_unknown(), 401) for _ in range(count)]
    paths = subject.live_paths or ["live/unit-0"]
    return [(q.read(paths[n % len(paths)]), 200) for n in range(count)]


def auth(sheet, subjects, rounds, scale, bare_route=None, whats=("accept", "reject", "read"),
         loads=None, connections=(NEW, KEPT), on_round=lambda number: None):
    """The requests that MediaMTX sends."""
    loads = loads or AUTH
    for number in range(rounds):
        on_round(number)
        for what, (at_once, count), way in itertools.product(whats, loads.items(), connections):
            count = int(scale * count)
            row = (f"/auth {what}", way, at_once)
            for subject in in_turn(subjects, number):
                asked = auth_questions(subject, what, count)
                sheet.add(row, subject.name,
                          load.run(subject.server, asked, at_once, kept=way == KEPT))
            if bare_route is not None and what == "accept":
                asked = [(q.publish(q.test_key(n)), 200) for n in range(count)]
                sheet.add(row, bare_route.name,
                          load.run(bare_route, asked, at_once, kept=way == KEPT))
    for at_once, target in AUTH_TARGETS.items():
        sheet.set_target(("/auth accept", NEW, at_once), target)


def claims(sheet, database, scale, cpu_of_database):
    """One round of the bare statements."""
    for durable in (False, True):
        what = "bare claim, default durability" if durable else "bare claim"
        for at_once, count in CLAIMS.items():
            sheet.add((what, KEPT, at_once), "pgbench", bare_claim.measure(
                database, at_once, durable, int(scale * count), cpu_of_database))
    sheet.add(MERGED, "pgbench", bare_claim.measure_merged(
        database, int(scale * MERGED_CLAIMS), cpu_of_database))


def writes(sheet, subjects, rounds):
    """The writes of administrators."""
    for number in range(rounds):
        for at_once, count in WRITES.items():
            for subject in in_turn(subjects, number):
                _writes_of(sheet, subject, at_once, count)
    for what in ("POST /broadcasters", "POST /stream-keys", "DELETE /stream-keys/{id}"):
        sheet.set_target((what, NEW, 1), ADMIN_TARGET)


def _writes_of(sheet, subject, at_once, count):
    server = subject.server
    call = (server.admin("POST", "/broadcasters", {"display_name": "Bench"}), 201)
    sheet.add(("POST /broadcasters", NEW, at_once), subject.name,
              load.run(server, [call] * count, at_once))
    call = (server.admin("POST", "/stream-keys", {"broadcaster_id": subject.broadcaster}), 201)
    made = load.run(server, [call] * count, at_once, bodies=True)
    sheet.add(("POST /stream-keys", NEW, at_once), subject.name, made)
    calls = []
    for body in made.pop("bodies"):
        begin = body.find('"id":"') + 6
        calls.append((server.admin("DELETE", f"/stream-keys/{body[begin:begin + 36]}"), 204))
    sheet.add(("DELETE /stream-keys/{id}", NEW, at_once), subject.name,
              load.run(server, calls, at_once))
