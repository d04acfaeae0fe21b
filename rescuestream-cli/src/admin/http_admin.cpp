#include "admin/http_admin.hpp"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "admin/json_reader.hpp"
#include "json/document.hpp"
#include "json/writer.hpp"
#include "problem.hpp"
#include "support/crypto.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {
namespace {

constexpr json::ParseLimits kAnswerLimits{256U * 1024 * 1024, 64};

Error bad_answer(std::string detail) {
    return {ErrorCode::kInternal,
            "The server's answer is not what its API promises.",
            std::move(detail),
            {}};
}

// What `read` makes of the body of an answer.
template <class Read>
auto parse_answer(const Result<HttpReply>& reply, Read read)
    -> Result<std::invoke_result_t<Read, const rapidjson::Value&>> {
    if (!reply) return reply.error();
    const auto document = json::parse(reply->body, kAnswerLimits);
    if (!document) return bad_answer(document.error().message);
    try {
        return read(static_cast<const rapidjson::Value&>(*document));
    } catch (const BadAnswer& error) {
        return bad_answer(error.what());
    }
}

template <class Read>
auto parse_list(const Result<HttpReply>& reply, const char* name, Read read)
    -> Result<Page<std::invoke_result_t<Read, const rapidjson::Value&>>> {
    return parse_answer(reply, [&](const rapidjson::Value& json) {
        Page<std::invoke_result_t<Read, const rapidjson::Value&>> page;
        const auto& items = member_of(json, name);
        if (!items.IsArray()) throw BadAnswer(fmt::format("member \"{}\" is no array", name));
        for (const auto& item : items.GetArray()) page.items.push_back(read(item));
        page.next = read_next_cursor(json);
        return page;
    });
}

class Query {
public:
    void add(std::string_view name, std::string_view value) {
        text_ += (text_.empty() ? "" : "&") + fmt::format("{}={}", name, percent_encode(value));
    }
    void add(std::string_view name, const std::optional<std::string>& value) {
        if (value) add(name, std::string_view(*value));
    }
    void add(const PageRequest& page) {
        if (page.limit) add("limit", std::string_view(std::to_string(*page.limit)));
        if (page.after) add("cursor", std::string_view(page.after->encode()));
    }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

template <class Body>
std::string object(Body body) {
    rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    writer.StartObject();
    body(writer);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

template <class IdType>
std::string item(const char* collection, const IdType& id) {
    return fmt::format("/{}/{}", collection, id.to_string());
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
    const auto body = object([&](json::Writer& writer) {
        json::member(writer, "display_name", std::string_view(input.display_name));
        json::raw_member(writer, "metadata", input.metadata.text());
    });
    return parse_answer(call("POST", "/broadcasters", "", body), read_broadcaster);
}

Result<Broadcaster> HttpAdmin::find_broadcaster(BroadcasterId id) {
    return parse_answer(call("GET", item("broadcasters", id)), read_broadcaster);
}

Result<Page<Broadcaster>> HttpAdmin::list_broadcasters(const PageRequest& page) {
    Query query;
    query.add(page);
    return parse_list(call("GET", "/broadcasters", query.text()), "broadcasters", read_broadcaster);
}

Result<Broadcaster> HttpAdmin::update_broadcaster(BroadcasterId id, const BroadcasterPatch& patch) {
    const auto body = object([&](json::Writer& writer) {
        json::optional_member(writer, "display_name", patch.display_name);
        if (patch.metadata) json::raw_member(writer, "metadata", patch.metadata->text());
    });
    return parse_answer(call("PATCH", item("broadcasters", id), "", body), read_broadcaster);
}

Result<CutoffReport> HttpAdmin::delete_broadcaster(BroadcasterId id, bool force) {
    const auto reply = call("DELETE", item("broadcasters", id), force ? "force=true" : "");
    if (!reply) return reply.error();
    try {
        return read_cutoff_header(reply->cutoff);
    } catch (const BadAnswer& error) {
        return bad_answer(error.what());
    }
}

Result<CreatedKey> HttpAdmin::create_stream_key(const NewStreamKey& input) {
    const auto body = object([&](json::Writer& writer) {
        json::member(writer, "broadcaster_id", std::string_view(input.broadcaster_id.to_string()));
        if (!input.label.empty()) json::member(writer, "label", std::string_view(input.label));
        json::optional_member(writer, "playback_path", input.playback_path);
        json::optional_member(writer, "expires_at", input.expires_at);
        if (input.on_duplicate)
            json::member(writer, "on_duplicate", to_string(*input.on_duplicate));
    });
    return parse_answer(call("POST", "/stream-keys", "", body), read_created_key);
}

Result<StreamKey> HttpAdmin::find_stream_key(StreamKeyId id) {
    return parse_answer(call("GET", item("stream-keys", id)), read_stream_key);
}

Result<Page<StreamKey>> HttpAdmin::list_stream_keys(const StreamKeyFilter& filter,
                                                    const PageRequest& page) {
    Query query;
    if (filter.broadcaster_id) {
        query.add("broadcaster_id", std::string_view(filter.broadcaster_id->to_string()));
    }
    query.add(page);
    return parse_list(call("GET", "/stream-keys", query.text()), "stream_keys", read_stream_key);
}

Result<RevokedStreamKey> HttpAdmin::revoke_stream_key(StreamKeyId id) {
    return parse_answer(call("POST", item("stream-keys", id) + "/revoke"),
                        [](const rapidjson::Value& json) {
                            return RevokedStreamKey{read_stream_key(member_of(json, "stream_key")),
                                                    read_cutoff(member_of(json, "cutoff"))};
                        });
}

Result<Page<StreamWithAddresses>> HttpAdmin::list_streams(const StreamQuery& query,
                                                          const PageRequest& page) {
    Query text;
    text.add("state", query.state ? to_string(*query.state) : std::string_view("all"));
    if (query.stream_key_id) {
        text.add("stream_key_id", std::string_view(query.stream_key_id->to_string()));
    }
    if (query.broadcaster_id) {
        text.add("broadcaster_id", std::string_view(query.broadcaster_id->to_string()));
    }
    text.add(page);
    return parse_list(call("GET", "/streams", text.text()), "streams", read_stream);
}

Result<StreamWithAddresses> HttpAdmin::find_stream(StreamId id) {
    return parse_answer(call("GET", item("streams", id)), read_stream);
}

Result<StoppedStreamWithAddresses> HttpAdmin::stop_stream(StreamId id) {
    return parse_answer(
        call("POST", item("streams", id) + "/stop"), [](const rapidjson::Value& json) {
            return StoppedStreamWithAddresses{read_stream(member_of(json, "stream")),
                                              read_cutoff(member_of(json, "cutoff"))};
        });
}

Result<AuditPage> HttpAdmin::list_audit(const AuditFilter& filter) {
    Query query;
    query.add("limit", std::string_view(std::to_string(filter.limit)));
    query.add("offset", std::string_view(std::to_string(filter.offset)));
    query.add("action", filter.action);
    query.add("actor", filter.actor_contains);
    query.add("resource_type", filter.resource_type);
    query.add("resource_id", filter.resource_id);
    if (filter.from) query.add("from", std::string_view(format_rfc3339(*filter.from)));
    if (filter.to) query.add("to", std::string_view(format_rfc3339(*filter.to)));
    return parse_answer(call("GET", "/audit-logs", query.text()), read_audit_page);
}

Result<SchemaReport> HttpAdmin::schema_status() {
    return Error{ErrorCode::kUnsupported, "A server does not show its schema.", "", {}};
}

Result<SchemaReport> HttpAdmin::migrate(std::optional<int>) {
    return Error{ErrorCode::kUnsupported, "A server migrates its database by itself.", "", {}};
}

Timestamp HttpAdmin::now() const {
    return clock_.now();
}

}  // namespace rescuestream::cli
