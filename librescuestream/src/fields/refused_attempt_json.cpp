#include "fields/refused_attempt_json.hpp"

#include "json/record_io.hpp"
#include "rescuestream/json/refused_attempt_json.hpp"

namespace rescuestream {
namespace {

constexpr auto kDescribeRefusedAttempt = [](auto& io, auto& attempt) {
    io.required("id", attempt.id);
    io.required("action", attempt.action);
    io.required("reason", attempt.reason);
    if constexpr (std::decay_t<decltype(io)>::kWrites) {
        io.required("explanation", explain_refusal(attempt));
    }
    io.required("path", attempt.path);
    io.required("protocol", attempt.protocol);
    io.required("address", attempt.remote_address);
    io.required("network", attempt.network);
    io.required("node", attempt.node);
    io.optional("user_agent", attempt.user_agent);
    io.optional("stream_key_id", attempt.stream_key_id);
    io.optional("key_label", attempt.key_label);
    io.optional("playback_path", attempt.playback_path);
    io.optional("broadcaster_id", attempt.broadcaster_id);
    io.optional("broadcaster_name", attempt.broadcaster_name);
    io.optional("holder_key_id", attempt.holder_key_id);
    io.optional("holder_label", attempt.holder_label);
    io.required("times", attempt.times);
    io.required("first_at", attempt.first_at);
    io.required("last_at", attempt.last_at);
};

}  // namespace

std::string to_json(const RefusedAttempt& attempt) {
    return json::write_record(attempt, kDescribeRefusedAttempt);
}

RefusedAttempt fields::read_refused_attempt(const rapidjson::Value& json) {
    return json::read_record<RefusedAttempt>(json, kDescribeRefusedAttempt);
}

}  // namespace rescuestream
