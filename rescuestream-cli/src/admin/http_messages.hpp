#pragma once

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "admin/json_reader.hpp"
#include "http_client.hpp"
#include "json/document.hpp"
#include "json/object.hpp"
#include "support/url.hpp"

/// The parts of requests to a server, and the readers of the responses.
namespace rescuestream::cli::messages {

/// Responses that are larger or deeper than this are refused.
inline constexpr json::ParseLimits kAnswerLimits{
    .max_bytes = 256U * 1024 * 1024, .max_depth = 64, .any_number = true};

inline Error bad_answer(std::string detail) {
    return {
        ErrorCode::kInternal, "The server's answer does not match its API.", std::move(detail), {}};
}

/// Returns what `reader` reads from the body of a response.
template <class Reader>
auto parse_answer(const Result<HttpReply>& reply, Reader reader)
    -> Result<std::invoke_result_t<Reader, const rapidjson::Value&>> {
    if (!reply) return reply.error();
    const auto document = json::parse(reply->body, kAnswerLimits);
    if (!document) return bad_answer(document.error().message);
    try {
        return reader(static_cast<const rapidjson::Value&>(*document));
    } catch (const BadValue& error) {
        return bad_answer(error.what());
    }
}

/// `{"<name>":[…],"next_cursor":…?}`
template <class Reader>
auto parse_list(const Result<HttpReply>& reply, const char* name, Reader reader)
    -> Result<Page<std::invoke_result_t<Reader, const rapidjson::Value&>>> {
    return parse_answer(reply, [&](const rapidjson::Value& json) {
        Page<std::invoke_result_t<Reader, const rapidjson::Value&>> page;
        for (const auto& item : read::array(json, name).GetArray()) {
            page.items.push_back(reader(item));
        }
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
    void add(std::string_view name, const std::optional<Timestamp>& time) {
        if (time) add(name, std::string_view(format_rfc3339(*time)));
    }
    template <class Tag>
    void add(std::string_view name, const std::optional<Id<Tag>>& id) {
        if (id) add(name, std::string_view(id->to_string()));
    }
    void add(const PageRequest& page) {
        if (page.limit) add("limit", std::string_view(std::to_string(*page.limit)));
        if (page.after) add("cursor", std::string_view(page.after->encode()));
    }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

/// "/stream-keys/<id>", with a verb "/stream-keys/<id>/revoke".
template <class IdType>
std::string item(const char* collection, const IdType& id, const char* verb = nullptr) {
    const std::string path = fmt::format("/{}/{}", collection, id.to_string());
    return verb == nullptr ? path : fmt::format("{}/{}", path, verb);
}

}  // namespace rescuestream::cli::messages
