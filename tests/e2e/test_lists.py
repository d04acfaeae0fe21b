"""What the list of live streams says of an encoder and its viewers."""

import csv
import io
import subprocess

from stack import binaries
from support import Program, clean_environment, wait_until


def list_streams(stack, *options):
    """Returns the rows of `rescuestream-cli stream list`, through the server."""
    _, command_line, _ = binaries()
    run = subprocess.run([command_line, "--server", stack.server.origin, "stream", "list", *options], check=False,
                         text=True, capture_output=True, env=clean_environment() | {"API_SECRET": stack.server.secret})
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_bitrate_and_viewers_of_a_live_stream_are_listed(stack, api, publish, tmp_path):
    owner = api.create_broadcaster("Rescue north")
    key = api.create_key(owner, label="Drone 7")
    publish(key["publish"]["rtmp"])
    stream = wait_until(lambda: api.live_of(key), 10, "listed")
    assert (stream["key_label"], stream["broadcaster_name"]) == ("Drone 7", "Rescue north")
    stream = wait_until(lambda: (now := api.live_of(key)) and now.get("bitrate") and now, 10, "measured")
    assert 10_000 < stream["bitrate"] < 20_000_000
    assert stream["viewers"] == 0

    viewers = [Program(["ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", stream["urls"]["rtsp"], "-f", "null",
                        "-"], tmp_path / f"viewer{number}.log") for number in range(2)]
    try:
        wait_until(lambda: api.live_of(key)["viewers"] == 2, 10, "two viewers")
        rows = list(csv.DictReader(io.StringIO(list_streams(stack, "--label", "Drone 7", "--output", "csv"))))
        assert len(rows) == 1
        assert rows[0]["broadcaster"] == "Rescue north"
        assert rows[0]["viewers"] == "2"
        assert int(rows[0]["bitrate"]) > 10_000
        assert "bit/s" in list_streams(stack, "--label", "Drone 7")
    finally:
        for viewer in viewers:
            viewer.stop()
    wait_until(lambda: api.live_of(key)["viewers"] == 0, 10, "no viewers")
