"""Programs that MediaMTX starts itself publish without a stream key, and paths that belong to somebody else are
left alone."""

import re
import subprocess

import pytest

from media import codecs_at
from stack import Stack, binaries
from support import always, clean_environment, wait_until

HELPER_PATHS = "cam/**"


@pytest.fixture(scope="module")
def stack(programs, tmp_path_factory):
    def edit(text):
        # As an owner would who lets some programs publish without any question.
        exclude = "authHTTPExclude:\n- action: publish\n  path: '~^(other|third)/'\n"
        assert "authHTTPExclude: []" in text
        return text.replace("authHTTPExclude: []", exclude)

    stack = Stack(tmp_path_factory.mktemp("helpers"), edit=edit, HELPER_PATHS=HELPER_PATHS,
                  IGNORE_PATHS="other/*", UNKNOWN_PUBLISHER="kick")
    yield stack
    stack.stop()


@pytest.fixture(scope="module")
def helper(stack):
    """The address that `mediamtx config` prints for helpers, without its path."""
    _, command_line, _ = binaries()
    run = subprocess.run([command_line, "mediamtx", "config"], check=True, text=True, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         env=clean_environment() | {"DATA_DIR": str(stack.directory), "HELPER_PATHS": HELPER_PATHS})
    address = re.search(r"# +(rtsp://helper:[\w-]{43}@127\.0\.0\.1:\$RTSP_PORT/)\$MTX_PATH", run.stdout)
    assert address, run.stdout
    assert "contains a secret" in run.stderr
    return address.group(1)


def add_entry(stack, name, **members):
    """Adds an entry to MediaMTX's file, which MediaMTX reads at once."""
    file = stack.directory / "mediamtx.yml"
    lines = "".join(f"    {key}: {value}\n" for key, value in members.items())
    file.write_text(file.read_text().replace("\npaths:\n", f"\npaths:\n  {name}:\n{lines}"))
    wait_until(lambda: stack.media_mtx.call("GET", f"/v3/config/paths/get/{name}").status_code == 200, 5,
               "the entry is there")


def program(clip, helper):
    return (f"ffmpeg -loglevel error -re -stream_loop -1 -i {clip} -c copy -f rtsp -rtsp_transport tcp "
            f"{helper}$MTX_PATH")


def source_of(stack, path):
    item = stack.media_mtx.paths().get(path)
    return item["source"]["id"] if item and item["ready"] else None


def notes(api):
    return {note["path"]: note["note"] for note in api.call("GET", "/nodes/default")["path_notes"]}


def test_a_helper_publishes_when_a_viewer_comes(stack, api, helper, clip):
    add_entry(stack, "cam/demand", runOnDemand=program(clip, helper))
    assert codecs_at(f"rtsp://127.0.0.1:{stack.ports['rtsp']}/cam/demand") == ["h264,320,180"]
    assert source_of(stack, "cam/demand")
    wait_until(lambda: notes(api).get("cam/demand") == "helper", 5, "the node names it")
    assert not [stream for stream in api.live() if stream["path"] == "cam/demand"]


def test_a_helper_stays_when_the_server_restarts(stack, api, helper, clip):
    add_entry(stack, "cam/init/1", runOnInit=program(clip, helper), runOnInitRestart="yes")
    source = wait_until(lambda: source_of(stack, "cam/init/1"), 15, "the helper publishes")
    always(lambda: source_of(stack, "cam/init/1") == source, 3, "the helper was removed")
    stack.server.program.kill()
    stack.server.start()
    stack.server.wait_until_ready()
    always(lambda: source_of(stack, "cam/init/1") == source, 4, "the helper was removed after the restart")
    wait_until(lambda: notes(api).get("cam/init/1") == "helper", 5, "the node names it")
    assert "a helper of the media server publishes" in stack.server.program.output()


def test_a_helper_converts_the_stream_of_a_key(stack, api, helper, publish):
    key = api.create_key(playback_path="live/original")
    address = f"rtsp://127.0.0.1:{stack.ports['rtsp']}/live/original"
    add_entry(stack, "live/original",
              runOnReady=f"ffmpeg -loglevel error -rtsp_transport tcp -i {address} -c copy -f rtsp "
                         f"-rtsp_transport tcp {helper}cam/copy")
    publish(key["publish"]["rtsp"])
    wait_until(lambda: api.live_of(key), 10, "listed")
    source = wait_until(lambda: source_of(stack, "cam/copy"), 15, "the copy is there")
    always(lambda: source_of(stack, "cam/copy") == source, 3, "the copy was removed")


def test_a_path_that_mediamtx_pulls_is_left_alone_and_can_be_watched(stack, api, publish):
    key = api.create_key(playback_path="live/camera")
    publish(key["publish"]["rtsp"])
    wait_until(lambda: api.live_of(key), 10, "something to pull")
    port = stack.ports["rtsp"]
    add_entry(stack, "pulled/one", source=f"rtsp://127.0.0.1:{port}/live/camera", rtspTransport="tcp")
    wait_until(lambda: stack.media_mtx.ready("pulled/one"), 10, "it pulls")
    since = stack.media_mtx.paths()["pulled/one"]["readyTime"]
    assert codecs_at(f"rtsp://127.0.0.1:{port}/pulled/one") == ["h264,320,180"]
    always(lambda: stack.media_mtx.paths()["pulled/one"]["readyTime"] == since, 3, "it was interrupted")
    assert [stream["path"] for stream in api.live() if "pulled" in stream["path"]] == []


def test_no_key_can_be_created_for_a_path_of_helpers(api):
    answer = api.request("POST", "/stream-keys", {"broadcaster_id": api.create_broadcaster()["id"], "playback_path": "cam/owned"})
    assert answer.status_code == 400, answer.text
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/playback_path" and "HELPER_PATHS" in error["detail"]


@pytest.mark.parametrize("path, reason", [("live/nobody", "helper_path"), ("live/owned", "helper_path")])
def test_a_helper_is_refused_at_other_paths(stack, api, helper, publish, path, reason):
    if path.endswith("owned") and not [k for k in api.call("GET", "/stream-keys")["stream_keys"]
                                       if k["playback_path"] == path]:
        api.create_key(playback_path=path)
    encoder = publish(helper.replace("$RTSP_PORT", str(stack.ports["rtsp"])) + path)
    wait_until(lambda: not encoder.running(), 15, "the encoder ended")
    lines = [line for line in stack.server.program.output().splitlines()
             if "publisher refused" in line and path in line]
    assert any(reason in line for line in lines), lines


def test_a_wrong_helper_password_is_refused_and_no_log_contains_the_right_one(stack, helper, publish):
    port = stack.ports["rtsp"]
    encoder = publish(f"rtsp://helper:wrong-password@127.0.0.1:{port}/cam/wrong")
    wait_until(lambda: not encoder.running(), 15, "the encoder ended")
    assert not stack.media_mtx.ready("cam/wrong")
    password = helper.split(":")[2].split("@")[0]
    assert password not in stack.server.program.output()


def test_a_publisher_at_an_ignored_path_stays_and_at_another_one_it_is_removed(stack, api, publish):
    port = stack.ports["rtsp"]
    publish(f"rtsp://127.0.0.1:{port}/other/one")
    removed = publish(f"rtsp://127.0.0.1:{port}/third/one")
    source = wait_until(lambda: source_of(stack, "other/one"), 10, "it publishes")
    wait_until(lambda: not removed.running(), 15, "the one without a right is removed")
    always(lambda: source_of(stack, "other/one") == source, 3, "it was removed")
    assert notes(api)["other/one"] == "ignored"
    assert not [stream for stream in api.live() if stream["path"] == "other/one"]
