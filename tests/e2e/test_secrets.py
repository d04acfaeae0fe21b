"""No secret shows where people look."""

import re

from support import wait_until

KEY_VALUE = re.compile(r"sk_[0-9A-Za-z_-]{43}")


def test_the_logs_show_no_key(stack, api, publish):
    key = api.create_key()
    encoder = publish(key["publish"]["rtmp_path_only"])
    wait_until(lambda: api.live_of(key), 10, "listed")
    api.request("GET", "/" + key["key_value"])
    encoder.stop()
    api.call("POST", f"/stream-keys/{key['id']}/revoke")
    log = stack.server.program.output()
    assert "/webhook/ready" in log, "the log does not tell of requests: nothing was tested"
    assert not KEY_VALUE.search(log)
    # MediaMTX's configuration asks for no more than warnings: at "info" it logs paths.
    assert not KEY_VALUE.search(stack.media_mtx.program.output())
    for secret in (stack.server.secret, key["key_value"]):
        assert secret not in log


def test_lists_show_no_key_beyond_the_path_of_a_device_that_publishes_so(api):
    key = api.create_key()
    for path in ("/stream-keys", f"/stream-keys/{key['id']}", "/streams", "/audit-logs?limit=100",
                 "/broadcasters"):
        assert key["key_value"] not in api.request("GET", path).text
