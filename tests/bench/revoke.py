#!/usr/bin/env python3
"""Measures how soon the viewers of a guest link are gone when it is closed, with a real MediaMTX: ffmpeg by RTSP, RTMP and SRT,
Chromium by WebRTC. Prints for each protocol the time from the 2xx until MediaMTX does not list a viewer any more.

  revoke.py [--viewers N] [--ways rtsp,rtmp,srt,webrtc]

Programs are found as the end-to-end tests find them (RESCUESTREAM_SERVER, RESCUESTREAM_CLI, MEDIAMTX_BIN). Exit code 1: a viewer
was there after a second, or came back.
"""

import argparse
import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import media  # noqa: E402
from browser import Browser  # noqa: E402
from stack import Stack  # noqa: E402
from support import Program, wait_until  # noqa: E402

MOST_SECONDS = 1.0
WATCH_FOR_RETURNS = 5
PAGE = """<!doctype html><script>
const tell = text => fetch('/told', {method: 'POST', body: text});
async function join() {
  const connection = new RTCPeerConnection();
  connection.addTransceiver('video', {direction: 'recvonly'});
  await connection.setLocalDescription(await connection.createOffer());
  await new Promise(done => {
    const look = () => connection.iceGatheringState === 'complete' && done();
    connection.onicegatheringstatechange = look;
    look();
  });
  const answer = await fetch(ADDRESS, {method: 'POST', body: connection.localDescription.sdp,
    headers: {'Content-Type': 'application/sdp'}});
  if (!answer.ok) return tell('status ' + answer.status);
  await connection.setRemoteDescription({type: 'answer', sdp: await answer.text()});
}
(async () => {
  for (let begun = 0; begun < COUNT; begun += 10) {
    const few = Math.min(10, COUNT - begun);
    await Promise.all(Array.from({length: few}, join)).catch(error => tell('error ' + error));
  }
})();
</script>"""


def make_small_clip(file):
    """Hundreds of players must be able to receive it."""
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=64x64:rate=4:duration=4",
         "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-g", "4", str(file)],
        check=True, stdin=subprocess.DEVNULL)


class Bench:
    def __init__(self, directory):
        self.directory = directory
        self.stack = Stack(directory)
        self.api = self.stack.server.api()
        self.key = self.api.create_key(playback_policy="signed")
        clip = directory / "small.mp4"
        make_small_clip(clip)
        media.publish(clip, self.key["publish"]["rtsp"], directory)
        wait_until(lambda: self.api.live_of(self.key), 15, "listed")
        self.whep_port = urllib.parse.urlsplit(self.key["playback"]["webrtc"]).port

    def readers(self):
        path = self.stack.media_mtx.paths().get(self.key["playback_path"], {})
        return {reader["id"] for reader in path.get("readers", [])}

    def permission(self, way):
        """An address, and what takes the permission back. The page of a guest link has no addresses for RTMP and SRT: there it is a
        token."""
        if way in ("rtmp", "srt"):
            minted = self.api.call("POST", "/playback-tokens", {"paths": [self.key["playback_path"]], "short": True}, status=201)
            return (minted["playback"][self.key["playback_path"]][way],
                    lambda: self.api.call("POST", "/playback-tokens/revoke", {"token_id": minted["id"]}))
        link = self.api.call("POST", "/guest-links", {"stream_key_ids": [self.key["id"]], "expires_at": "2099-01-01T00:00:00Z"},
                             status=201)
        code = link["url"].rsplit("/", 1)[1]
        with urllib.request.urlopen(f"{self.api.origin}/watch/{code}", timeout=10) as page:
            text = html.unescape(page.read().decode())
        addresses = re.findall(r"(?:https?|rtsp|rtmp)://[^\s\"'<]+jwt=[^\s\"'<]+", text)
        address = next(each for each in addresses if each.startswith(way) or (way == "webrtc" and ":%d/" % self.whep_port in each))
        if way == "webrtc" and "/whep?" not in address:
            address = address.replace("/?jwt=", "/whep?jwt=")
        return address, lambda: self.api.call("POST", f"/guest-links/{link['id']}/close", {})

    def players(self, way, address, count):
        if way == "webrtc":
            page = PAGE.replace("ADDRESS", json.dumps(address)).replace("COUNT", str(count))
            directory = pathlib.Path(tempfile.mkdtemp(dir=self.directory))
            return [Browser(page, directory)]
        options = ["-rtsp_transport", "tcp"] if way == "rtsp" else []
        return [Program(["ffmpeg", "-v", "error", *options, "-i", address, "-c", "copy", "-f", "null", "-"],
                        self.directory / "players.log") for _ in range(count)]

    def measure(self, way, count):
        """Seconds until each viewer was gone, and how many came back."""
        address, take_back = self.permission(way)
        players = self.players(way, address, count)
        try:
            wait_until(lambda: len(self.readers()) == count, 120, f"{count} watch, not {len(self.readers())}")
            time.sleep(3)  # every viewer was in a poll
            there = self.readers()
            take_back()
            begin = time.monotonic()
            gone = {}
            while len(gone) < count and time.monotonic() < begin + 30:
                left = self.readers()
                for viewer in there - left - gone.keys():
                    gone[viewer] = time.monotonic() - begin
            players += self.players(way, address, min(count, 10))
            end = time.monotonic() + WATCH_FOR_RETURNS
            returned = set()
            while time.monotonic() < end:
                returned |= self.readers()
            return sorted(gone.values()), len(returned)
        finally:
            for player in players:
                player.stop() if way == "webrtc" else player.kill()
            wait_until(lambda: not self.readers(), 40, "nobody watches")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--ways", default="rtsp,rtmp,srt,webrtc")
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory(prefix="rescuestream-revoke-") as directory:
        bench = Bench(pathlib.Path(directory))
        try:
            print(f"{'by':<8}{'viewers':>9}{'gone p50':>10}{'p95':>8}{'last':>8}{'left':>6}{'came back':>11}", flush=True)
            for way in options.ways.split(","):
                times, returned = bench.measure(way, options.viewers)
                left = options.viewers - len(times)
                p50, p95 = (times[int(len(times) * share)] for share in (0.5, 0.95)) if times else (0, 0)
                bad = left or returned or p95 > MOST_SECONDS
                good = good and not bad
                print(f"{way:<8}{options.viewers:>9}{p50:>9.2f}s{p95:>7.2f}s{times[-1] if times else 0:>7.2f}s{left:>6}"
                      f"{returned:>11}   {'MISSED' if bad else 'good'}", flush=True)
        finally:
            bench.stack.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
