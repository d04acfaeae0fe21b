"""MediaMTX's control interface with `apiEncryption`, and the reasons for which it cannot be used, in words."""

import subprocess

import pytest

from stack import PORTS, Server, binaries
from support import Program, clean_environment, free_port, wait_until

FILE = """
logLevel: info
api: yes
apiAddress: 127.0.0.1:{api}
{more}
rtmp: no
rtsp: no
hls: no
webrtc: no
srt: no
paths:
  all_others:
"""
OPEN = """authMethod: http
authHTTPAddress: http://127.0.0.1:1/auth
authHTTPExclude:
  - action: api
"""
TLS = "apiEncryption: yes\napiServerKey: {0}/server.key\napiServerCert: {0}/server.pem\n"


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A directory with an authority (ca.pem), and a certificate of 127.0.0.1 that it has signed."""
    directory = tmp_path_factory.mktemp("certificates")
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *new_key, "-days", "2", "-subj", "/CN=our authority",
            "-keyout", directory / "ca.key", "-out", directory / "ca.pem")
    openssl("req", *new_key, "-subj", "/CN=mediamtx", "-keyout", directory / "server.key", "-out", directory / "server.csr")
    (directory / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", directory / "server.csr", "-CA", directory / "ca.pem", "-CAkey", directory / "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", directory / "names", "-out", directory / "server.pem")
    return directory


@pytest.fixture
def run(programs, tmp_path):
    """Starts MediaMTX and a server. Returns what GET /nodes/default says when its state is `state`."""
    started = []

    def start(more, state, scheme, **settings):
        ports = {name: free_port() for name in PORTS}
        file = tmp_path / "mediamtx.yml"
        file.write_text(FILE.format(api=ports["api"], more=more))
        started.append(Program([binaries()[2], file], tmp_path / "mediamtx.log", clean_environment() | {"MTX_MOQ": "no"}))
        wait_until(lambda: "[API]" in started[0].output(), 10, "MediaMTX listens")
        server = Server(binaries()[0], ports, tmp_path,
                        MEDIAMTX_API_URL=f"{scheme}://127.0.0.1:{ports['api']}", **settings)
        started.append(server.program)
        server.wait_until_ready()
        wait_until(lambda: server.api().call("GET", "/nodes/default")["state"] == state, 10, state)
        return server.api().call("GET", "/nodes/default")

    yield start
    for program in reversed(started):
        program.stop()


def test_the_interface_is_used_over_tls_with_an_authority_of_our_own(run, certificates):
    run(TLS.format(certificates) + OPEN, "up", "https", MEDIAMTX_API_CA=str(certificates / "ca.pem"))


def test_a_certificate_that_is_not_accepted_is_told_as_that(run, certificates):
    node = run(TLS.format(certificates) + OPEN, "unreachable", "https")
    assert "is not accepted (unable to get local issuer certificate)" in node["reason"]
    assert "MEDIAMTX_API_CA" in node["reason"]


def test_an_address_without_tls_for_an_interface_with_it_is_told(run, certificates):
    assert "speaks TLS, so its address must begin with https://" in run(
        TLS.format(certificates) + OPEN, "unreachable", "http")["reason"]


def test_an_address_with_tls_for_an_interface_without_it_is_told(run):
    assert "does not speak TLS" in run(OPEN, "unreachable", "https")["reason"]


def test_a_refused_credential_is_named_with_what_to_set(run):
    node = run("authMethod: internal\nauthInternalUsers:\n  - user: somebody\n    pass: else\n    permissions:\n"
               "      - action: api\n", "degraded", "http")
    assert "refuses the credential of the user rescuestream" in node["reason"]
    assert "MEDIAMTX_API_PASSWORD" in node["reason"]
