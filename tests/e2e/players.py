"""Players that are not ffmpeg: GStreamer and VLC, as people start them."""

import os
import shutil

import pytest

from support import Program

# Each with what it needs to have been installed for its protocol.
GSTREAMER = {"rtsp": "rtspsrc", "rtmp": "rtmp2src", "srt": "srtsrc"}
VLC = {"rtsp": "live555", "rtmp": "avio", "srt": "access_srt", "hls": "adaptive"}


def _can_gstreamer(element):
    return shutil.which("gst-launch-1.0") and os.system(f"gst-inspect-1.0 --exists {element}") == 0


def _can_vlc(plugin):
    directory = "/usr/lib"
    return shutil.which("cvlc") and any(
        plugin in name for _, _, names in os.walk(directory) for name in names if name.startswith("lib")
        and name.endswith("_plugin.so"))


def gstreamer(way, address):
    """A pipeline that receives and throws away."""
    if not _can_gstreamer(GSTREAMER[way]):
        pytest.skip(f"GStreamer's {GSTREAMER[way]} is not installed")
    source = {"rtsp": ["rtspsrc", f"location={address}", "protocols=tcp"],
              "rtmp": ["rtmp2src", f"location={address}"],
              "srt": ["srtsrc", f"uri={address}", "auto-reconnect=false"]}[way]
    return ["gst-launch-1.0", "-q", *source, "!", "fakesink"]


def vlc(way, address):
    """VLC without a window; it ends with what it plays."""
    if not _can_vlc(VLC[way]):
        pytest.skip(f"VLC's {VLC[way]} is not installed")
    # VLC refuses to run as root.
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    if way == "srt":
        host, stream_id = address.split("?streamid=")
        what = [host, f"--streamid={stream_id}"]
    else:
        what = [*(["--rtsp-tcp"] if way == "rtsp" else []), address]
    return [*user, "cvlc", "--vout", "dummy", "--aout", "dummy", "--play-and-exit", *what]


PLAYERS = {"gstreamer": gstreamer, "vlc": vlc}
WAYS = [("gstreamer", way) for way in GSTREAMER] + [("vlc", way) for way in VLC if way != "hls"]


def start(name, way, address, directory):
    log = directory / f"{name}-{way}-{len(list(directory.iterdir()))}.log"
    return Program(PLAYERS[name](way, address), log,
                   os.environ | {"HOME": "/tmp", "XDG_RUNTIME_DIR": "/tmp"})
