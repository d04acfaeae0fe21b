// Calls a server with the generated types: program.js ADDRESS SECRET
import createClient from "openapi-fetch";

import type { components, paths } from "./api.js";

declare const process: { argv: string[] };

function check(condition: boolean, fact: string): asserts condition {
  if (!condition) throw new Error(fact);
}

const [, , address = "", secret = ""] = process.argv;
const api = createClient<paths>({ baseUrl: address, headers: { "X-API-Key": secret } });

const made = await api.POST("/broadcasters", {
  body: { display_name: "Team", metadata: { call_sign: "T-1" } },
});
check(made.data !== undefined, "a broadcaster is created");
const team: components["schemas"]["Broadcaster"] = made.data;

const created = await api.POST("/stream-keys", {
  body: { broadcaster_id: team.id, label: "Drone 1", playback_path: "live/drone1" },
});
check(created.data !== undefined, "a key is created");
const key = created.data;

const allowed = await api.POST("/auth", {
  body: {
    action: "publish", path: "live/drone1", password: key.key_value, protocol: "rtmp",
    id: "c1", ip: "127.0.0.1", user: "", token: "", query: "", userAgent: "",
  },
});
check(allowed.response.status === 200, "a publisher with the key is accepted");
const ready = await api.POST("/webhook/ready", {
  body: { path: "live/drone1", source_type: "rtmpConn", source_id: "c1" },
});
check(ready.response.status === 204, "the hook is answered");

const live = await api.GET("/streams", { params: { query: { state: "live" } } });
check(live.data?.count === 1, "one stream is live");
const stream = live.data.streams[0];
check(stream?.stream_key_id === key.id && stream.state === "live", "it is the key's");

const stopped = await api.POST("/streams/{id}/stop", {
  params: { path: { id: stream.id } },
  body: { block_seconds: 60 },
});
check(stopped.data?.stream.end_reason === "stopped", "it can be stopped");

const unknown = await api.GET("/streams/{id}", {
  params: { path: { id: "00000000-0000-7000-8000-000000000000" } },
});
const problem: components["schemas"]["Problem"] | undefined = unknown.error;
check(problem?.status === 404 && problem.type === "/errors/not-found", "404 is a problem");

const wrong = await api.POST("/stream-keys", { body: { broadcaster_id: team.id, stale_after: 61 } });
check(wrong.error?.errors?.[0]?.pointer === "/stale_after", "a problem names the wrong member");

const log = await api.GET("/audit-logs", { params: { query: { resource_type: "stream_key" } } });
check(log.data !== undefined && log.data.pagination.total >= 1, "the audit log is read");
console.log(`typescript: ${log.data.audit_logs.length} audit entries`);
