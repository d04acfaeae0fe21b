#include <fmt/format.h>

#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "routes/handlers.hpp"

namespace rescuestream::server {

namespace {

const char* database_word(const Health& health) {
    if (health.storage_full) return "full";
    return health.storage_reachable ? "ok" : "unreachable";
}

// Returns a sentence for each problem; empty when there is none.
std::string notes(const Health& health) {
    std::string members;
    if (health.storage_full) members += ",\"detail\":" + to_json(health.storage_reason);
    if (health.unwritten > 0) {
        members += fmt::format(",\"unwritten_changes\":{}", health.unwritten);
    }
    if (!health.storage_warning.empty()) {
        members += ",\"warning\":" + to_json(health.storage_warning);
    }
    return members;
}

bool can_work(const Health& health) {
    return health.storage_reachable && !health.storage_full;
}

}  // namespace

HttpResponse show_health(const Context& context, const HttpRequest&) {
    const Health health = context.orchestrator.health();
    const bool is_ok = can_work(health);
    return json_reply(is_ok ? 200 : 503,
                      fmt::format(R"({{"status":"{}","database":"{}"{}}})",
                                  is_ok ? "ok" : "degraded", database_word(health), notes(health)));
}

HttpResponse show_livez(const Context&, const HttpRequest&) {
    return json_reply(200, R"({"status":"ok"})");
}

HttpResponse show_readyz(const Context& context, const HttpRequest&) {
    const Health health = context.orchestrator.health();
    const bool ready = can_work(health) && health.first_poll_done;
    // A media server that is down is no reason to send its requests to another server: its state is
    // reported and does not affect readiness.
    const char* media = "not asked yet";
    if (health.first_poll_done) media = health.media_server_reachable ? "ok" : "unreachable";
    std::string body = fmt::format(R"({{"status":"{}","database":"{}","media_server":"{}")",
                                   ready ? "ready" : "not ready", database_word(health), media);
    if (!health.media_server_version.empty()) {
        body += ",\"media_server_version\":" + to_json(health.media_server_version);
    }
    if (health.media_server_seen_at) {
        body +=
            ",\"media_server_seen_at\":" + to_json(format_rfc3339(*health.media_server_seen_at));
    }
    return json_reply(ready ? 200 : 503, body + notes(health) + "}");
}

}  // namespace rescuestream::server
