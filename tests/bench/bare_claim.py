"""The rate and the times of pgbench on the same database, with a claim and nothing else. One prepared UPDATE of
one row: the lower bound for the time of a server that sends one claim at a time. One UPDATE of many rows: the
upper bound for a server that merges concurrent claims into one statement, as ours does."""

import pathlib
import subprocess
import tempfile

ROWS = 100_000
TABLE = "bench.claims"
# A server can merge a hundred concurrent requests into two statements of fifty claims.
MERGED_CLAIMS, MERGED_CLIENTS = 50, 2

# All columns, constraints and indexes of our own table, and its free space for HOT updates.
PREPARE = f"""
CREATE SCHEMA bench;
CREATE TABLE {TABLE} (LIKE rescuestream.stream_keys INCLUDING ALL) WITH (fillfactor = 50);
INSERT INTO {TABLE} SELECT (jsonb_populate_record(k, jsonb_build_object(
    'id', gen_random_uuid(), 'playback_path', 'bench/' || n,
    'digest', sha256(convert_to(n::text, 'UTF8'))))).*
    FROM rescuestream.stream_keys k, generate_series(1, {ROWS}) n WHERE k.id =
        (SELECT id FROM rescuestream.stream_keys
         WHERE owner_connection IS NULL AND revoked_at IS NULL LIMIT 1);
VACUUM ANALYZE {TABLE};
"""

SET = """owner_node = 'default', owner_protocol = 'rtmp', owner_path_is_secret = FALSE,
    owner_address = '192.0.2.1', owner_user_agent = 'Lavf', claimed_at = now(),
    last_used_at = now(), owner_live = FALSE, session_version = session_version + 1"""
FREE = "revoked_at IS NULL AND NOT disabled AND (expires_at IS NULL OR expires_at > now())"

CLAIM = f"""\\set n random(1, {ROWS})
\\set c random(1, 1000000000)
UPDATE {TABLE} SET owner_connection = :c::text, {SET}
    WHERE digest = sha256(convert_to((:n)::text, 'UTF8')) AND {FREE} RETURNING id;
"""


def _merged_claim():
    """Each key comes from its own part of the table: no key occurs twice, and all statements lock in
    the same order, so that there is no deadlock."""
    part = ROWS // MERGED_CLAIMS
    picks = "".join(f"\\set n{i} random({i * part + 1}, {(i + 1) * part})\n"
                    for i in range(MERGED_CLAIMS))
    keys = ", ".join(f":n{i}" for i in range(MERGED_CLAIMS))
    return f"""{picks}\\set c random(1, 1000000000)
UPDATE {TABLE} SET owner_connection = (:c + q.n)::text, {SET}
    FROM unnest(ARRAY[{keys}]::integer[]) AS q(n)
    WHERE digest = sha256(convert_to(q.n::text, 'UTF8')) AND {FREE} RETURNING q.n, id;
"""


def prepare(database):
    # No -c: VACUUM cannot run in the transaction of several statements.
    subprocess.run(["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", database], input=PREPARE,
                   text=True, check=True)


def measure(database, at_once, durable, count, cpu_of_database):
    """Like load.run(), for at least `count` claims. `durable`: uses PostgreSQL's default
    durability, which the servers' claims do without."""
    return _measure(database, CLAIM, 1, at_once, durable, count, cpu_of_database)


def measure_merged(database, count, cpu_of_database):
    """The same with many claims in a statement: times are those of a statement, the rate and the
    processor time those of a claim."""
    return _measure(database, _merged_claim(), MERGED_CLAIMS, MERGED_CLIENTS, False, count,
                    cpu_of_database)


def _measure(database, statement, claims, clients, durable, count, cpu_of_database):
    each = -(-count // (clients * claims))
    # The start of a hundred backends must not count.
    _, beginning = _run(database, statement, clients, durable, 1, cpu_of_database)
    lines, spent = _run(database, statement, clients, durable, 1 + each, cpu_of_database)
    latencies = sorted(microseconds for microseconds, _ in lines)
    finished = [end for _, end in lines]
    seconds = max(finished) - min(finished)
    known = len(latencies)
    at = lambda share: latencies[min(known - 1, int(share * known))]
    return {"asked": known * claims, "wrong": 0, "failed": 0, "seconds": seconds,
            "rate": known * claims / seconds,
            "p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": latencies[-1],
            "server_cpu": 0.0,
            "database_cpu": max(0.0, 1e6 * (spent - beginning) / (each * clients * claims))}


def _run(database, statement, clients, durable, each, cpu_of_database):
    """Returns the duration (microseconds) and the end of each statement, and the database's processor time."""
    commit = "on" if durable else "off"
    lines = []
    with tempfile.TemporaryDirectory(prefix="rescuestream-bench-") as directory:
        script = pathlib.Path(directory, "claim.sql")
        script.write_text(statement, encoding="ascii")
        before = cpu_of_database()
        subprocess.run(
            ["pgbench", "-n", "-M", "prepared", "-f", script, "-c", str(clients), "-j", "1", "-t",
             str(each), "-l", "--log-prefix", pathlib.Path(directory, "log"),
             f"{database}&options=-c%20synchronous_commit%3D{commit}"],
            check=True, capture_output=True, text=True)
        spent = cpu_of_database() - before
        for log in pathlib.Path(directory).glob("log.*"):
            for line in log.read_text("ascii").splitlines():
                # client, transaction, microseconds, script, second, microsecond of its end
                part = line.split()
                lines.append((float(part[2]), int(part[4]) + int(part[5]) / 1e6))
    return lines, spent
