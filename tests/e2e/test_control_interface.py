"""MediaMTX's own interfaces accept only our credential: no other program of the machine, and no web page that a
person visits, can use them."""

import json
import subprocess

import pytest
import requests

from browser import Browser
from stack import PORTS, MediaMtx, Server, Stack, binaries, control_credential, installation_secret, server_environment
from support import always, free_port, wait_until
from tap import Tap

# A page that tries everything that a page can: requests that need no permission, and reading.
PAGE = """<!doctype html><script>
const origins = ORIGINS, entry = ENTRY;
const tell = text => fetch('/told', {method: 'POST', body: text});
const reads = {api: ['/v3/paths/list', '/v3/config/paths/list', '/v3/info'], metrics: ['/metrics?type=paths'],
               playback: ['/list?path=live/a']};
(async () => {
  const seen = [];
  for (const [kind, origin] of origins) {
    if (kind === 'api') {
      for (const way of ['add', 'replace'])
        await fetch(origin + '/v3/config/paths/' + way + '/planted', {method: 'POST', mode: 'no-cors',
          headers: {'Content-Type': 'text/plain'}, body: JSON.stringify(entry)}).catch(() => {});
      const form = document.createElement('form');
      form.method = 'POST';
      form.enctype = 'text/plain';
      form.target = 'frame';
      form.action = origin + '/v3/config/paths/add/planted-too';
      const field = document.createElement('input');
      const text = JSON.stringify({...entry, runOnRead: ''});
      field.name = text.slice(0, -2);
      field.value = '"}';
      form.append(field);
      document.body.append(form);
      const frame = document.createElement('iframe');
      frame.name = 'frame';
      document.body.append(frame);
      const loaded = new Promise(done => frame.onload = done);
      form.submit();
      await Promise.race([loaded, new Promise(done => setTimeout(done, 3000))]);
    }
    for (const path of reads[kind])
      await fetch(origin + path).then(
        async answer => seen.push(kind + ' ' + answer.status + ' ' + (await answer.text()).slice(0, 40)),
        () => {});
  }
  await tell(JSON.stringify(seen));
})().catch(error => tell('"error ' + error + '"'));
</script>"""

OPEN = """
logLevel: info
api: yes
apiAddress: 127.0.0.1:{api}
authMethod: http
authHTTPAddress: http://127.0.0.1:1/auth
authHTTPExclude:
  - action: api
rtmp: no
rtsp: no
hls: no
webrtc: no
srt: no
paths:
  all_others:
"""


@pytest.fixture(scope="module")
def guarded(programs, tmp_path_factory):
    """Both programs, MediaMTX with all its interfaces."""
    metrics, playback = free_port(), free_port()
    stack = Stack(tmp_path_factory.mktemp("guarded"),
                  ["--metrics", "--metrics-port", str(metrics), "--playback", "--playback-port", str(playback)])
    stack.metrics, stack.playback = (f"http://127.0.0.1:{port}" for port in (metrics, playback))
    yield stack
    stack.stop()


def visit(origins, tmp_path):
    """Returns what a page could read that tries to make MediaMTX run a program, and the file that the program would create."""
    trace = tmp_path / "the-program-ran"
    entry = {"source": "publisher", "runOnInit": f"touch {trace}"}
    browser = Browser(PAGE.replace("ORIGINS", json.dumps(origins), 1).replace("ENTRY", json.dumps(entry), 1),
                      tmp_path)
    try:
        wait_until(lambda: browser.told, 60, "the page has tried everything")
        return json.loads(browser.told[0]), trace
    finally:
        browser.stop()


def test_the_page_changes_and_reads_everything_when_the_interface_needs_no_credential(programs, tmp_path):
    """Without this the next test would prove nothing."""
    ports = {name: free_port() for name in PORTS}
    file = tmp_path / "mediamtx.yml"
    file.write_text(OPEN.format(api=ports["api"]))
    media_mtx = MediaMtx(binaries()[2], file, ports, tmp_path)
    try:
        seen, trace = visit([("api", media_mtx.api)], tmp_path)
        wait_until(trace.exists, 5, "the page had MediaMTX run a program")
        assert any(text.startswith("api 200 ") for text in seen), seen
        assert {"planted", "planted-too"} & set(media_mtx.paths())
    finally:
        media_mtx.program.stop()


def test_a_page_cannot_change_or_read_anything_when_a_credential_is_required(guarded, tmp_path):
    port = guarded.ports["api"]
    seen, trace = visit([("api", f"http://127.0.0.1:{port}"), ("api", f"http://localhost:{port}"),
                         ("metrics", guarded.metrics), ("playback", guarded.playback)], tmp_path)
    assert seen == []
    always(lambda: not trace.exists(), 1, "MediaMTX ran a program of the page")
    entries = guarded.media_mtx.call("GET", "/v3/config/paths/list").json()["items"]
    assert not [entry["name"] for entry in entries if entry["name"].startswith("planted")]


@pytest.mark.parametrize("credential", [None, ("rescuestream", "guess"), ("rescuestream", ""), ("admin", "admin")])
def test_every_interface_refuses_a_request_without_the_credential(guarded, credential):
    media_mtx = guarded.media_mtx
    calls = [("GET", "/v3/info"), ("GET", "/v3/paths/list"), ("GET", "/v3/config/global/get"),
             ("GET", "/v3/config/paths/list"), ("POST", "/v3/config/paths/add/planted"),
             ("PATCH", "/v3/config/global/patch"), ("GET", "/v3/rtmpconns/list"), ("GET", "/v3/recordings/list")]
    if credential:
        calls = calls[:1]  # each is delayed by up to 4 s
    for method, path in calls:
        answer = requests.request(method, media_mtx.api + path, json={}, auth=credential, timeout=15)
        assert answer.status_code == 401, f"{method} {path}: {answer.text}"
        assert "Access-Control-Allow-Origin" not in answer.headers
    answer = requests.get(guarded.metrics + "/metrics?type=paths", auth=credential, timeout=15)
    assert answer.status_code == 401
    for foreign in ("http://evil.example", "null"):
        answer = requests.get(media_mtx.api + "/v3/info", headers={"Origin": foreign, "Host": "evil.example"},
                              timeout=15)
        assert answer.status_code == 401
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_every_interface_answers_a_request_with_the_credential(guarded, publish):
    key = guarded.server.api().create_key()
    publish(key["publish"]["rtsp"])
    wait_until(lambda: guarded.media_mtx.ready(key["playback_path"]), 10, "ready")
    credential = guarded.media_mtx.credential()
    answer = requests.get(guarded.metrics + "/metrics?type=paths", auth=credential, timeout=15)
    assert answer.status_code == 200 and key["playback_path"] in answer.text
    # A viewer who may watch the path may also watch its recordings.
    for path, refused in ((key["playback_path"], False), (key["key_value"], True)):
        answer = requests.get(guarded.playback + "/list", params={"path": path}, timeout=15)
        assert (answer.status_code == 401) == refused, answer.text


def test_a_stream_is_cut_off_through_an_interface_that_requires_the_credential(guarded, publish_stubbornly):
    api = guarded.server.api()
    key = api.create_key()
    publish_stubbornly(key["publish"]["rtsp"])
    wait_until(lambda: api.live_of(key), 10, "listed")
    answer = api.call("POST", f"/stream-keys/{key['id']}/revoke")
    assert answer["cutoff"]["kicked"] == 1
    wait_until(lambda: key["playback_path"] not in guarded.media_mtx.paths(), 2, "gone from MediaMTX")


def test_authentication_requests_for_our_own_calls_are_not_logged(guarded):
    log = guarded.server.program.output()
    assert guarded.media_mtx.credential()[1] not in log
    assert guarded.media_mtx.credential()[1] not in guarded.media_mtx.program.output()


@pytest.fixture
def listening(programs, tmp_path):
    """A server for which somebody else listens where MediaMTX should."""
    tap = Tap()
    ports = {name: free_port() for name in PORTS}
    server = Server(binaries()[0], ports, tmp_path, MEDIAMTX_API_URL=tap.origin)
    yield server, tap, ports
    server.program.stop()
    tap.close()


def test_who_listens_in_place_of_media_mtx_does_not_get_the_secret_of_the_installation(listening, tmp_path):
    server, tap, ports = listening
    wait_until(lambda: "Authorization:" in tap.received(), 15, "the server has polled")
    user, password = control_credential(tmp_path)
    wait_until(lambda: f"{user}:{password}" in tap.received(), 5, "it sends the password of the node")
    before = len(tap.received())
    for words in (["node", "list"], ["doctor"]):
        subprocess.run([binaries()[1], *words], check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                       env=server_environment(ports, tmp_path, server.secret) | {"MEDIAMTX_API_URL": tap.origin})
    wait_until(lambda: len(tap.received()) > before, 10, "the command line has asked, or the server again")
    assert server.secret not in tap.received()
    assert installation_secret(tmp_path) not in tap.received()
    assert (tmp_path / "mediamtx-password").read_text().strip() == password


def test_the_documented_way_of_calling_the_interface_works(guarded):
    password = (guarded.directory / "mediamtx-password").read_text().strip()
    assert requests.get(guarded.media_mtx.api + "/v3/info", auth=("rescuestream", password), timeout=15).status_code == 200


def test_a_scraper_that_still_sends_the_secret_of_the_installation_is_answered_and_reported(guarded):
    former = ("rescuestream", installation_secret(guarded.directory))
    assert requests.get(guarded.media_mtx.api + "/v3/info", auth=former, timeout=15).status_code == 200
    # A thread of its own writes the log.
    wait_until(lambda: "a program sends MediaMTX the secret of the installation" in guarded.server.program.output(), 5,
               "the log tells it")
