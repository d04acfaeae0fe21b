"""A browser publishes by WHIP."""

import http.server
import json
import shutil
import threading

import pytest

import media
from support import Program, always, wait_until

# A drawing that moves, so that no camera and no permission is needed.
PAGE = """<!doctype html><canvas width=320 height=180></canvas><script>
const whip = WHIP, token = TOKEN;
const tell = text => fetch('/told', {method: 'POST', body: text});
(async () => {
  const canvas = document.querySelector('canvas'), draw = canvas.getContext('2d');
  let turn = 0;
  setInterval(() => {
    draw.fillStyle = `hsl(${turn++ % 360} 90% 50%)`;
    draw.fillRect(0, 0, 320, 180);
  }, 66);
  const connection = new RTCPeerConnection();
  const stream = canvas.captureStream(15);
  stream.getTracks().forEach(track => connection.addTrack(track, stream));
  await connection.setLocalDescription(await connection.createOffer());
  await new Promise(done => {
    const look = () => connection.iceGatheringState === 'complete' && done();
    connection.onicegatheringstatechange = look;
    look();
  });
  const answer = await fetch(whip, {method: 'POST', body: connection.localDescription.sdp,
    headers: {'Content-Type': 'application/sdp', 'Authorization': 'Bearer ' + token}});
  await tell('status ' + answer.status);
  if (answer.ok)
    await connection.setRemoteDescription({type: 'answer', sdp: await answer.text()});
})().catch(error => tell('error ' + error));
</script>"""


class PageServer(http.server.ThreadingHTTPServer):
    """Gives a browser the page, and hears from it."""

    def __init__(self, page):
        self.told = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer(page.encode() if self.path == "/" else b"")

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                outer.told.append(self.rfile.read(length).decode())
                self._answer(b"")

            def _answer(self, body):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def browser(tmp_path):
    """browser(whip, token): a browser that publishes; what it tells of comes back as a list."""
    program = shutil.which("chromium")
    if not program:
        pytest.skip("chromium is not installed")
    running = []

    def start(whip, token):
        page = PAGE.replace("WHIP", json.dumps(whip), 1).replace("TOKEN", json.dumps(token), 1)
        server = PageServer(page)
        running.append(server)
        running.append(Program(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-background-timer-throttling",
             "--disable-renderer-backgrounding", "--disable-features=WebRtcHideLocalIpsWithMdns",
             "--remote-debugging-port=0", f"--user-data-dir={tmp_path / 'profile'}",
             f"http://127.0.0.1:{server.server_port}/"], tmp_path / "browser.log"))
        return server.told

    yield start
    for each in reversed(running):
        if isinstance(each, Program):
            each.stop()
        else:
            each.shutdown()
            each.server_close()


def test_a_browser_publishes_and_is_cut_off(api, media_mtx, browser):
    key = api.create_key()
    told = browser(key["publish"]["whip"], key["key_value"])
    wait_until(lambda: told, 30, "the browser asked")
    assert told == ["status 201"]
    wait_until(lambda: media_mtx.ready(key["playback_path"]), 10, "ready")
    stream = wait_until(lambda: api.live_of(key), 1, "listed")
    assert stream["source_type"] == "webRTCSession"
    assert len(media.codecs_at(stream["urls"]["rtsp"])) == 1

    api.call("DELETE", f"/stream-keys/{key['id']}", status=204)
    wait_until(lambda: key["playback_path"] not in media_mtx.paths(), 2, "gone from MediaMTX")
    always(lambda: key["playback_path"] not in media_mtx.paths(), 2, "it came back")


def test_a_browser_with_a_wrong_token_is_refused(api, media_mtx, browser):
    key = api.create_key()
    told = browser(key["publish"]["whip"], "sk_" + "A" * 43)
    wait_until(lambda: told, 30, "the browser asked")
    assert told == ["status 401"]
    assert key["playback_path"] not in media_mtx.paths()
