"""What the server lists as live is live, also after one of the two programs was killed."""

from support import always, on_default_node, wait_until


def test_streams_continue_when_the_server_is_killed(stack, api, media_mtx, publish):
    key = api.create_key()
    publish(key["publish"]["rtsp"])
    stream = wait_until(lambda: api.live_of(key), 5, "listed")
    stack.server.program.kill()
    stack.server.start()
    stack.server.wait_until_ready()
    wait_until(lambda: api.live_of(key), 5, "listed again")
    assert api.live_of(key)["id"] == stream["id"]
    assert media_mtx.ready(key["playback_path"])


def test_an_end_while_the_server_is_dead_is_noticed(stack, api, publish):
    key = api.create_key()
    encoder = publish(key["publish"]["rtsp"])
    stream = wait_until(lambda: api.live_of(key), 5, "listed")
    stack.server.program.kill()
    encoder.stop()
    stack.server.start()
    stack.server.wait_until_ready()
    wait_until(lambda: not api.live_of(key), 5, "left the list")
    assert api.stream(stream["id"])["state"] in ("reconnecting", "ended")


def test_a_revocation_while_mediamtx_is_dead_takes_effect_after_its_restart(stack, api, media_mtx, publish_stubbornly):
    key = api.create_key()
    path = key["playback_path"]
    publish_stubbornly(key["publish"]["rtsp"])
    wait_until(lambda: api.live_of(key), 5, "listed")
    media_mtx.program.kill()
    cutoff = api.call("POST", f"/stream-keys/{key['id']}/revoke")["cutoff"]
    assert cutoff == on_default_node(pending=1, reachable=False)
    media_mtx.start()
    always(lambda: path not in media_mtx.paths(), 5, "the publisher returned")
    assert not api.live_of(key)


def test_encoders_are_live_again_after_mediamtx_was_killed(stack, api, media_mtx,
                                                           publish_stubbornly):
    keys = [api.create_key(on_duplicate="reject") for _ in range(3)]
    for key in keys:
        publish_stubbornly(key["publish"]["rtsp"])
    wait_until(lambda: all(api.live_of(key) for key in keys), 5, "listed")
    before = {api.live_of(key)["source_id"] for key in keys}
    media_mtx.program.kill()
    media_mtx.start()

    def all_back():
        now = [api.live_of(key) for key in keys]
        return all(now) and not before & {stream["source_id"] for stream in now}

    # Each may have been refused a few times, until the server noticed that the old connections are gone.
    wait_until(all_back, 15, "all are live with new connections")
