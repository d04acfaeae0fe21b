"""Calls a server with the generated client: program.py ADDRESS SECRET"""

import sys

from rescuestream_client import AuthenticatedClient, models
from rescuestream_client.api.audit import list_audit_logs
from rescuestream_client.api.broadcasters import create_broadcaster
from rescuestream_client.api.media_server import authenticate, source_available
from rescuestream_client.api.stream_keys import create_stream_key
from rescuestream_client.api.streams import get_stream, list_streams, stop_stream

address, secret = sys.argv[1:]
client = AuthenticatedClient(base_url=address, token=secret, auth_header_name="X-API-Key", prefix="")

team = create_broadcaster.sync(client=client, body=models.NewBroadcaster(display_name="Team"))
assert isinstance(team, models.Broadcaster), team
key = create_stream_key.sync(
    client=client,
    body=models.NewStreamKey(broadcaster_id=team.id, label="Drone 1", playback_path="live/drone1"))
assert isinstance(key, models.CreatedStreamKey), key

question = models.AuthRequest(
    action=models.AuthRequestAction.PUBLISH, path="live/drone1", password=key.key_value,
    protocol="rtmp", id="c1", ip="127.0.0.1")
assert authenticate.sync_detailed(client=client, body=question).status_code == 200
report = models.SourceReport(path="live/drone1", source_type="rtmpConn", source_id="c1")
assert source_available.sync_detailed(client=client, body=report).status_code == 204

live = list_streams.sync(client=client, state=models.ListStreamsState.LIVE)
assert isinstance(live, models.StreamList) and live.count == 1, live
stream = live.streams[0]
assert stream.stream_key_id == key.id and stream.status == models.StreamStatus.ACTIVE, stream
stopped = stop_stream.sync(id=stream.id, client=client, body=models.StopStream(block_seconds=60))
assert isinstance(stopped, models.StoppedStream), stopped
assert stopped.stream.end_reason == models.StreamEndReason.STOPPED, stopped

unknown = get_stream.sync(id=team.id, client=client)
assert isinstance(unknown, models.Problem) and unknown.status == 404, unknown
wrong = create_stream_key.sync(
    client=client, body=models.NewStreamKey(broadcaster_id=team.id, stale_after=61))
assert isinstance(wrong, models.Problem) and wrong.errors[0].pointer == "/stale_after", wrong
log = list_audit_logs.sync(client=client, resource_type="stream_key")
assert isinstance(log, models.AuditLog) and log.pagination.total >= 1, log
print(f"python: {len(log.audit_logs)} audit entries")
