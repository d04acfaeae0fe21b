"""A phone as camera: MediaMTX's page publishes what the browser's camera shows."""

import json

import pytest

import media
from browser import Browser
from support import wait_until

# A page of our own presses the button of MediaMTX's page, which it shows in a frame. The browser's
# camera is a test picture, and the browser is told not to ask and to let pages of different origins
# touch each other.
PAGE = """<!doctype html><iframe id=phone allow="camera; microphone" width=600 height=600></iframe><script>
const tell = text => fetch('/told', {method: 'POST', body: text});
const frame = document.getElementById('phone');
frame.src = ADDRESS;
let pressed = false;
const look = setInterval(() => {
  const page = frame.contentDocument;
  const button = page && page.getElementById('publish-button');
  if (button && button.offsetParent && !pressed) {
    pressed = true;
    button.click();
    tell('pressed');
    clearInterval(look);
  }
}, 100);
</script>"""

OPTIONS = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--disable-web-security",
           "--disable-site-isolation-trials", "--autoplay-policy=no-user-gesture-required"]


@pytest.fixture
def phone(tmp_path):
    """phone(address): a browser that opens MediaMTX's page and presses its button."""
    running = []

    def open_page(address):
        page = PAGE.replace("ADDRESS", json.dumps(address), 1)
        running.append(Browser(page, tmp_path, OPTIONS))
        return running[-1].told

    yield open_page
    for each in running:
        each.stop()


def test_a_phone_publishes_with_mediamtx_page_and_the_key_in_its_address(api, media_mtx, phone):
    key = api.create_key()
    told = phone(key["publish"]["phone_page"])
    wait_until(lambda: told, 30, "the button was pressed")
    wait_until(lambda: media_mtx.ready(key["playback_path"]), 15, "ready")
    stream = wait_until(lambda: api.live_of(key), 2, "listed")
    assert stream["source_type"] == "webRTCSession"
    assert media.codecs_at(stream["urls"]["rtsp"])


def test_the_page_of_a_key_that_is_refused_is_not_shown(api, media_mtx, phone):
    key = api.create_key()
    told = phone(key["publish"]["phone_page"].replace(key["key_value"], "sk_" + "A" * 43))
    with pytest.raises(AssertionError):
        wait_until(lambda: told, 5, "the button was pressed")
    assert key["playback_path"] not in media_mtx.paths()
