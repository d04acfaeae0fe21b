"""A browser publishes by WHIP."""

import json

import pytest

import media
from browser import Browser
from support import always, wait_until

# The page publishes a moving drawing, so that it needs no camera and no permission.
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


@pytest.fixture
def browser(tmp_path):
    """browser(whip, token): starts a browser that publishes, and returns the list of what its page reports."""
    running = []

    def start(whip, token):
        page = PAGE.replace("WHIP", json.dumps(whip), 1).replace("TOKEN", json.dumps(token), 1)
        running.append(Browser(page, tmp_path))
        return running[-1].told

    yield start
    for each in running:
        each.stop()


# OBS sends the second form when the whole value of the header was pasted as the token.
@pytest.mark.parametrize("scheme", ["", "Bearer "])
def test_a_browser_publishes_and_is_cut_off(api, media_mtx, browser, scheme):
    key = api.create_key()
    told = browser(key["publish"]["whip"], scheme + key["key_value"])
    wait_until(lambda: told, 30, "the browser sent its request")
    assert told == ["status 201"]
    wait_until(lambda: media_mtx.ready(key["playback_path"]), 10, "ready")
    stream = wait_until(lambda: api.live_of(key), 1, "listed")
    assert stream["source_type"] == "webRTCSession"
    assert len(media.codecs_at(stream["urls"]["rtsp"])) == 1

    api.call("DELETE", f"/stream-keys/{key['id']}", status=204)
    wait_until(lambda: key["playback_path"] not in media_mtx.paths(), 2, "gone from MediaMTX")
    always(lambda: key["playback_path"] not in media_mtx.paths(), 2, "the browser returned")


def test_a_browser_with_a_wrong_token_is_refused(api, media_mtx, browser):
    key = api.create_key()
    told = browser(key["publish"]["whip"], "sk_" + "A" * 43)
    wait_until(lambda: told, 30, "the browser sent its request")
    # MediaMTX's own answer; it was 400 up to v1.16.3.
    assert told == ["status 401" if media_mtx.version() >= (1, 17, 0) else "status 400"]
    assert key["playback_path"] not in media_mtx.paths()
