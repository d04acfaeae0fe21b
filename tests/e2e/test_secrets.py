"""No secret is shown in logs or lists."""

import re

import pytest

from raw_rtsp import MalformedEncoder
from stack import Stack
from support import always, wait_until

KEY_VALUE = re.compile(r"sk_[0-9A-Za-z_-]{43}")


def test_the_logs_contain_no_secret(stack, api, publish):
    key = api.create_key()
    encoder = publish(key["publish"]["rtmp_path_only"])
    wait_until(lambda: api.live_of(key), 10, "listed")
    api.request("GET", "/" + key["key_value"])
    encoder.stop()
    api.call("POST", f"/stream-keys/{key['id']}/revoke")
    log = stack.server.program.output()
    assert "/webhook/ready" in log, "the log has no requests, so nothing was tested"
    assert not KEY_VALUE.search(log)
    # MediaMTX's configuration limits its log to warnings: at "info" it logs paths.
    assert not KEY_VALUE.search(stack.media_mtx.program.output())
    for secret in (stack.server.secret, key["key_value"]):
        assert secret not in log


def test_lists_contain_no_secret_except_the_path_of_a_device_that_publishes_to_it(api):
    key = api.create_key()
    for path in ("/stream-keys", f"/stream-keys/{key['id']}", "/streams", "/audit-logs?limit=100",
                 "/broadcasters"):
        assert key["key_value"] not in api.request("GET", path).text


@pytest.mark.parametrize("level", ["warn", None])
def test_malformed_media_does_not_bring_a_key_value_into_the_log_of_media_mtx(programs, tmp_path, level):
    """At "warn" MediaMTX names the path of such media; the level that we write does not."""
    stack = Stack(tmp_path, ["--log-level", level] if level else [])
    try:
        if level and stack.media_mtx.version() < (1, 17, 0):
            pytest.skip("this MediaMTX names no path when media is malformed")
        key = stack.server.api().create_key()
        encoder = MalformedEncoder(f"rtsp://127.0.0.1:{stack.ports['rtsp']}/{key['key_value']}")
        numbers = iter(range(10**6))

        def is_named():
            encoder.send(next(numbers))
            return KEY_VALUE.search(stack.media_mtx.program.output())

        if level:
            wait_until(is_named, 10, "the path is named, otherwise nothing would be tested")
        else:
            always(lambda: not is_named(), 3, "the log names the path")
            assert stack.media_mtx.has_source(key["key_value"]), "the encoder does not publish any more"
        encoder.close()
    finally:
        stack.stop()
