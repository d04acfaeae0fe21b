#include "admin/http_admin.hpp"
#include "admin/http_messages.hpp"

namespace rescuestream::cli {
namespace {

// Writes the members that a new key and a change of a key have in common.
template <class Input>
void write_policies(json::Writer& writer, const Input& input) {
    json::optional_member(writer, "expires_at", input.expires_at);
    if (input.on_duplicate) json::member(writer, "on_duplicate", to_string(*input.on_duplicate));
    messages::seconds_member(writer, "reconnect_window", input.reconnect_window);
    messages::seconds_member(writer, "stale_after", input.stale_after);
    messages::seconds_member(writer, "max_session_duration", input.max_session_duration);
}

template <class Changed>
Changed read_changed_key(const rapidjson::Value& json) {
    return {read_stream_key(read::member(json, "stream_key")),
            read_cutoff(read::member(json, "cutoff"))};
}

}  // namespace

Result<CreatedKey> HttpAdmin::create_stream_key(const NewStreamKey& input) {
    const auto body = json::object([&](json::Writer& writer) {
        json::member(writer, "broadcaster_id", std::string_view(input.broadcaster_id.to_string()));
        if (!input.label.empty()) json::member(writer, "label", std::string_view(input.label));
        json::optional_member(writer, "playback_path", input.playback_path);
        write_policies(writer, input);
    });
    return messages::parse_answer(call("POST", "/stream-keys", "", body), read_created_key);
}

Result<StreamKey> HttpAdmin::find_stream_key(StreamKeyId id) {
    return messages::parse_answer(call("GET", messages::item("stream-keys", id)), read_stream_key);
}

Result<Page<StreamKey>> HttpAdmin::list_stream_keys(const StreamKeyFilter& filter,
                                                    const PageRequest& page) {
    messages::Query query;
    query.add("broadcaster_id", filter.broadcaster_id);
    query.add(page);
    return messages::parse_list(call("GET", "/stream-keys", query.text()), "stream_keys",
                                read_stream_key);
}

Result<StreamKey> HttpAdmin::update_stream_key(StreamKeyId id, const StreamKeyPatch& patch) {
    const auto body = json::object([&](json::Writer& writer) {
        json::optional_member(writer, "label", patch.label);
        write_policies(writer, patch);
        if (patch.reset.empty()) return;
        json::write(writer, "reset");
        writer.StartArray();
        for (const auto& name : patch.reset) json::write(writer, name);
        writer.EndArray();
    });
    return messages::parse_answer(call("PATCH", messages::item("stream-keys", id), "", body),
                                  read_stream_key);
}

Result<RevokedStreamKey> HttpAdmin::revoke_stream_key(StreamKeyId id) {
    return messages::parse_answer(call("POST", messages::item("stream-keys", id, "revoke")),
                                  read_changed_key<RevokedStreamKey>);
}

Result<ChangedStreamKey> HttpAdmin::disable_stream_key(StreamKeyId id) {
    return messages::parse_answer(call("POST", messages::item("stream-keys", id, "disable")),
                                  read_changed_key<ChangedStreamKey>);
}

Result<ChangedStreamKey> HttpAdmin::enable_stream_key(StreamKeyId id) {
    return messages::parse_answer(call("POST", messages::item("stream-keys", id, "enable")),
                                  read_changed_key<ChangedStreamKey>);
}

Result<RotatedKey> HttpAdmin::rotate_stream_key(StreamKeyId id, std::chrono::seconds overlap) {
    const auto body = json::object([&](json::Writer& writer) {
        json::integer_member(writer, "overlap_seconds", overlap.count());
    });
    return messages::parse_answer(
        call("POST", messages::item("stream-keys", id, "rotate"), "", body), read_rotated_key);
}

}  // namespace rescuestream::cli
