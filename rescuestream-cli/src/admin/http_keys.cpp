#include "admin/http_keys.hpp"

#include "admin/http_messages.hpp"
#include "fields/stream_key_json.hpp"

namespace rescuestream::cli {
namespace {

template <class Changed>
Changed read_changed_key(const rapidjson::Value& json) {
    return {fields::read_stream_key(read::member(json, "stream_key")),
            fields::read_cutoff(read::member(json, "cutoff"))};
}

}  // namespace

Result<CreatedKey> HttpKeys::create_stream_key(const NewStreamKey& input) {
    const auto body = fields::to_body(input);
    return messages::parse_answer(caller_.call("POST", "/stream-keys", "", body), read_created_key);
}

Result<StreamKey> HttpKeys::find_stream_key(StreamKeyId id) {
    return messages::parse_answer(caller_.call("GET", messages::item("stream-keys", id)),
                                  fields::read_stream_key);
}

Result<Page<StreamKey>> HttpKeys::list_stream_keys(const StreamKeyFilter& filter,
                                                   const PageRequest& page) {
    messages::Query query;
    query.add("broadcaster_id", filter.broadcaster_id);
    query.add(page);
    return messages::parse_list(caller_.call("GET", "/stream-keys", query.text()), "stream_keys",
                                fields::read_stream_key);
}

Result<StreamKey> HttpKeys::update_stream_key(StreamKeyId id, const StreamKeyPatch& patch) {
    const auto body = fields::to_body(patch);
    return messages::parse_answer(
        caller_.call("PATCH", messages::item("stream-keys", id), "", body),
        fields::read_stream_key);
}

Result<RevokedStreamKey> HttpKeys::revoke_stream_key(StreamKeyId id) {
    return messages::parse_answer(caller_.call("POST", messages::item("stream-keys", id, "revoke")),
                                  read_changed_key<RevokedStreamKey>);
}

Result<ChangedStreamKey> HttpKeys::disable_stream_key(StreamKeyId id) {
    return messages::parse_answer(
        caller_.call("POST", messages::item("stream-keys", id, "disable")),
        read_changed_key<ChangedStreamKey>);
}

Result<ChangedStreamKey> HttpKeys::enable_stream_key(StreamKeyId id) {
    return messages::parse_answer(caller_.call("POST", messages::item("stream-keys", id, "enable")),
                                  read_changed_key<ChangedStreamKey>);
}

Result<RotatedKey> HttpKeys::rotate_stream_key(StreamKeyId id, std::chrono::seconds overlap) {
    const auto body = json::object([&](json::Writer& writer) {
        json::integer_member(writer, "overlap_seconds", overlap.count());
    });
    return messages::parse_answer(
        caller_.call("POST", messages::item("stream-keys", id, "rotate"), "", body),
        read_rotated_key);
}

}  // namespace rescuestream::cli
