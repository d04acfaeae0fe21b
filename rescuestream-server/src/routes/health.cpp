#include "routes/health.hpp"

#include <fmt/format.h>

#include "problem.hpp"
#include "query_reader.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "rescuestream/version.hpp"

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

// Returns the member `checks` if the caller wants it.
std::string checks_member(bool verbose, const std::vector<HealthCheck>& checks) {
    return verbose ? ",\"checks\":" + to_json(checks) : "";
}

Result<bool> read_verbose(const HttpRequest& request) {
    QueryReader query(request);
    const bool verbose = query.bare_flag("verbose");
    if (auto error = query.error()) return *std::move(error);
    return verbose;
}

// A check that concerns readiness alone.
bool is_of_readiness(const HealthCheck& check) {
    return check.name == "first_poll";
}

HttpResponse health_reply(const Health& health, bool verbose, std::vector<HealthCheck> checks) {
    const bool is_ok = can_work(health);
    std::erase_if(checks, is_of_readiness);
    return json_reply(
        is_ok ? 200 : 503,
        fmt::format(R"({{"status":"{}","database":"{}"{}{}}})", is_ok ? "ok" : "degraded",
                    database_word(health), notes(health), checks_member(verbose, checks)));
}

HttpResponse readyz_reply(const Health& health, bool verbose,
                          const std::vector<HealthCheck>& checks) {
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
    if (verbose) body += ",\"version\":\"" RESCUESTREAM_VERSION "\"";
    body += notes(health) + checks_member(verbose, checks);
    return json_reply(ready ? 200 : 503, body + "}");
}

Health starting() {
    Health health;
    health.storage_reachable = false;
    health.first_poll_done = false;
    return health;
}

std::vector<HealthCheck> starting_checks() {
    return {{"database", CheckStatus::kFailed, std::chrono::milliseconds(0),
             "The server is starting and waits for its database; its log says why."},
            {"first_poll", CheckStatus::kFailed, {}, "The media server has not been polled yet."}};
}

}  // namespace

HttpResponse show_health(const Context& context, const HttpRequest& request) {
    const auto verbose = read_verbose(request);
    if (!verbose) return problem(request, verbose.error());
    const Health health = context.orchestrator.health();
    std::vector<HealthCheck> checks;
    if (*verbose) checks = context.orchestrator.health_checks(health);
    return health_reply(health, *verbose, std::move(checks));
}

HttpResponse show_livez(const Context&, const HttpRequest& request) {
    return starting_livez(request);
}

HttpResponse show_readyz(const Context& context, const HttpRequest& request) {
    const auto verbose = read_verbose(request);
    if (!verbose) return problem(request, verbose.error());
    const Health health = context.orchestrator.health();
    std::vector<HealthCheck> checks;
    if (*verbose) checks = context.orchestrator.health_checks(health);
    return readyz_reply(health, *verbose, checks);
}

HttpResponse starting_health(const HttpRequest& request) {
    const auto verbose = read_verbose(request);
    if (!verbose) return problem(request, verbose.error());
    return health_reply(starting(), *verbose, starting_checks());
}

HttpResponse starting_livez(const HttpRequest& request) {
    const auto verbose = read_verbose(request);
    if (!verbose) return problem(request, verbose.error());
    // That this is answered is the check: the route waits for nothing.
    const HealthCheck process{"process", CheckStatus::kOk, std::chrono::milliseconds(0), {}};
    return json_reply(200, R"({"status":"ok")" + checks_member(*verbose, {process}) + "}");
}

HttpResponse starting_readyz(const HttpRequest& request) {
    const auto verbose = read_verbose(request);
    if (!verbose) return problem(request, verbose.error());
    return readyz_reply(starting(), *verbose, starting_checks());
}

}  // namespace rescuestream::server
