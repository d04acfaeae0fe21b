#include "admin/http_admin.hpp"

#include <utility>

#include "admin/http_messages.hpp"
#include "problem.hpp"
#include "support/crypto.hpp"

namespace rescuestream::cli {
namespace {

ChangedBroadcaster read_changed_broadcaster(const rapidjson::Value& json) {
    return {json::read_broadcaster(read::member(json, "broadcaster")),
            json::read_cutoff(read::member(json, "cutoff"))};
}

}  // namespace

std::multimap<std::string, std::string> sign_request(const ServerConnection& server,
                                                     const std::string& method,
                                                     const std::string& path,
                                                     const std::string& body, Timestamp now) {
    std::multimap<std::string, std::string> headers;
    if (server.credential == Credential::kSharedSecret) {
        headers.emplace("X-API-Key", server.api_secret.reveal());
        return headers;
    }
    const auto timestamp =
        std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    const std::string message = method + '\n' + path + '\n' + timestamp + '\n' + body;
    headers.emplace("X-API-Key", server.key_name);
    headers.emplace("X-Timestamp", timestamp);
    headers.emplace("X-Signature", to_hex(hmac_sha256(server.api_secret.reveal(), message)));
    return headers;
}

HttpAdmin::HttpAdmin(ServerConnection server, const Clock& clock)
    : server_(std::move(server)), clock_(clock), client_(server_.url) {}

Result<HttpReply> HttpAdmin::call(const std::string& method, const std::string& path,
                                  const std::string& query, const std::string& body) {
    const auto headers = sign_request(server_, method, path, body, clock_.now());
    auto reply = client_.send(method, query.empty() ? path : path + "?" + query, headers, body);
    if (!reply || (reply->status >= 200 && reply->status < 300)) return reply;
    return problem_error(*reply);
}

Result<Broadcaster> HttpAdmin::create_broadcaster(const NewBroadcaster& input) {
    const auto body = json::object([&](json::Writer& writer) {
        json::member(writer, "display_name", std::string_view(input.display_name));
        json::raw_member(writer, "metadata", input.metadata.text());
    });
    return messages::parse_answer(call("POST", "/broadcasters", "", body), json::read_broadcaster);
}

Result<Broadcaster> HttpAdmin::find_broadcaster(BroadcasterId id) {
    return messages::parse_answer(call("GET", messages::item("broadcasters", id)),
                                  json::read_broadcaster);
}

Result<Page<Broadcaster>> HttpAdmin::list_broadcasters(const PageRequest& page) {
    messages::Query query;
    query.add(page);
    return messages::parse_list(call("GET", "/broadcasters", query.text()), "broadcasters",
                                json::read_broadcaster);
}

Result<Broadcaster> HttpAdmin::update_broadcaster(BroadcasterId id, const BroadcasterPatch& patch) {
    const auto body = json::object([&](json::Writer& writer) {
        json::optional_member(writer, "display_name", patch.display_name);
        if (patch.metadata) json::raw_member(writer, "metadata", patch.metadata->text());
    });
    return messages::parse_answer(call("PATCH", messages::item("broadcasters", id), "", body),
                                  json::read_broadcaster);
}

Result<CutoffReport> HttpAdmin::delete_broadcaster(BroadcasterId id, bool force) {
    const auto reply =
        call("DELETE", messages::item("broadcasters", id), force ? "force=true" : "");
    if (!reply) return reply.error();
    try {
        return read_cutoff_header(reply->cutoff);
    } catch (const BadValue& error) {
        return messages::bad_answer(error.what());
    }
}

Result<ChangedBroadcaster> HttpAdmin::disable_broadcaster(BroadcasterId id) {
    return messages::parse_answer(call("POST", messages::item("broadcasters", id, "disable")),
                                  read_changed_broadcaster);
}

Result<ChangedBroadcaster> HttpAdmin::enable_broadcaster(BroadcasterId id) {
    return messages::parse_answer(call("POST", messages::item("broadcasters", id, "enable")),
                                  read_changed_broadcaster);
}

Result<AuditPage> HttpAdmin::list_audit(const AuditFilter& filter) {
    messages::Query query;
    query.add("limit", std::string_view(std::to_string(filter.limit)));
    query.add("offset", std::string_view(std::to_string(filter.offset)));
    query.add("action", filter.action);
    query.add("actor", filter.actor_contains);
    query.add("resource_type", filter.resource_type);
    query.add("resource_id", filter.resource_id);
    query.add("from", filter.from);
    query.add("to", filter.to);
    return messages::parse_answer(call("GET", "/audit-logs", query.text()), read_audit_page);
}

Result<SchemaReport> HttpAdmin::schema_status() {
    return Error{ErrorCode::kUnsupported, "The schema cannot be read through a server.", "", {}};
}

Result<SchemaReport> HttpAdmin::migrate(std::optional<int>) {
    return Error{ErrorCode::kUnsupported,
                 "A database cannot be migrated through a server, which migrates it at its start.",
                 "",
                 {}};
}

Result<HealthReport> HttpAdmin::health() {
    // The route is public. 503 has the checks too.
    const auto reply = client_.send("GET", "/readyz?verbose", {}, "");
    if (!reply) return reply.error();
    if (reply->status != 200 && reply->status != 503) return problem_error(*reply);
    return messages::parse_answer(reply, [&](const rapidjson::Value& json) {
        HealthReport report{reply->status == 200, {}};
        for (const auto& check : read::array(json, "checks").GetArray()) {
            report.checks.push_back(json::read_health_check(check));
        }
        return report;
    });
}

Timestamp HttpAdmin::now() const {
    return clock_.now();
}

}  // namespace rescuestream::cli
