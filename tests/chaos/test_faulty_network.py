"""Tests of the link and the hook proxy between the programs."""

import http.server
import socket
import threading

import pytest
import requests

from hook_proxy import HookProxy
from link import Link
from support import wait_until


@pytest.fixture
def upstream():
    """A server that records the bodies it receives and answers 204."""
    bodies = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            pass  # connections that a test breaks

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.bodies = bodies
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def link(upstream):
    link = Link(upstream.server_port)
    yield link
    link.close()


def post(port, body="x", timeout=5):
    return requests.post(f"http://127.0.0.1:{port}/webhook/ready", data=body, timeout=timeout)


def test_a_link_forwards_bytes_in_both_directions(link):
    assert post(link.port).status_code == 204


def test_a_link_that_was_cut_silently_delivers_after_it_is_healed(link, upstream):
    link.cut(loudly=False)
    with pytest.raises(requests.ReadTimeout):
        post(link.port, "late", timeout=0.3)
    assert upstream.bodies == []
    link.heal()
    wait_until(lambda: upstream.bodies == ["late"], 5, "it arrives")
    assert post(link.port).status_code == 204


def test_a_silent_cut_delays_what_an_open_connection_sends(link, upstream):
    with socket.create_connection(("127.0.0.1", link.port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n")
        link.cut(loudly=False)
        connection.sendall(b"Content-Length: 3\r\n\r\nold")
        connection.settimeout(0.3)
        with pytest.raises(socket.timeout):
            connection.recv(1)
        link.heal()
        wait_until(lambda: upstream.bodies == ["old"], 5, "it arrives")


def test_a_loud_cut_resets_open_and_new_connections(link, upstream):
    with socket.create_connection(("127.0.0.1", link.port)) as old:
        old.sendall(b"POST / HTTP/1.1\r\n")
        link.cut(loudly=True)
        old.settimeout(5)
        with pytest.raises(ConnectionResetError):
            assert old.recv(1), "the connection was closed instead of reset"
    with pytest.raises(requests.ConnectionError):
        post(link.port)
    link.heal()
    assert post(link.port).status_code == 204
    assert upstream.bodies == ["x"]


@pytest.fixture
def hooks(upstream):
    hooks = HookProxy(f"http://127.0.0.1:{upstream.server_port}", seed=1)
    yield hooks
    hooks.close()


def hook_port(hooks):
    return int(hooks.origin.rpartition(":")[2])


def test_a_hook_gets_the_servers_answer(hooks, upstream):
    assert post(hook_port(hooks), "one").status_code == 204
    assert upstream.bodies == ["one"]


def test_a_hook_gets_an_error_when_the_server_is_dead(hooks, upstream):
    upstream.shutdown()
    upstream.server_close()
    assert post(hook_port(hooks)).status_code == 502


def test_mishandled_hooks_are_lost_delayed_repeated_and_reordered(hooks, upstream):
    hooks.LATE = (0.01, 0.05)
    hooks.HELD = 0.2
    hooks.mishandle(0.3)
    sent = [str(number) for number in range(100)]
    for body in sent:
        assert post(hook_port(hooks), body).status_code == 204
    hooks.behave()
    arrives = len(sent) - hooks.counts["lost"]
    wait_until(lambda: len(set(upstream.bodies)) == arrives, 5, "every hook that is not lost arrives")
    assert all(hooks.counts[kind] > 5 for kind in ("passed", "lost", "late", "doubled", "reordered"))
    wait_until(lambda: len(upstream.bodies) == arrives + hooks.counts["doubled"], 5, "the repeated hooks arrive twice")
    firsts = [int(body) for body in dict.fromkeys(upstream.bodies)]
    assert firsts != sorted(firsts)
