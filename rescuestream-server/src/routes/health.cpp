#include <fmt/format.h>

#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "routes/handlers.hpp"

namespace rescuestream::server {

HttpResponse show_health(const Context& context, const HttpRequest&) {
    const bool reachable = context.orchestrator.health().storage_reachable;
    return reachable ? json_reply(200, R"({"status":"ok","database":"ok"})")
                     : json_reply(503, R"({"status":"degraded","database":"unreachable"})");
}

HttpResponse show_livez(const Context&, const HttpRequest&) {
    return json_reply(200, R"({"status":"ok"})");
}

HttpResponse show_readyz(const Context& context, const HttpRequest&) {
    const Health health = context.orchestrator.health();
    const bool ready = health.storage_reachable && health.first_poll_done;
    // A media server that is down is no reason to send its questions elsewhere: it is told, and
    // does not count.
    const char* media = "not asked yet";
    if (health.first_poll_done) media = health.media_server_reachable ? "ok" : "unreachable";
    std::string body = fmt::format(R"({{"status":"{}","database":"{}","media_server":"{}")",
                                   ready ? "ready" : "not ready",
                                   health.storage_reachable ? "ok" : "unreachable", media);
    if (!health.media_server_version.empty()) {
        body += ",\"media_server_version\":" + to_json(health.media_server_version);
    }
    if (health.media_server_seen_at) {
        body +=
            ",\"media_server_seen_at\":" + to_json(format_rfc3339(*health.media_server_seen_at));
    }
    return json_reply(ready ? 200 : 503, body + "}");
}

}  // namespace rescuestream::server
