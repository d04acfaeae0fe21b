#include "admin/http_messages.hpp"
#include "admin/http_roles.hpp"
#include "fields/addresses_json.hpp"
#include "fields/stream_key_json.hpp"

namespace rescuestream::cli {
namespace {

template <class Changed>
Changed read_changed_key(const rapidjson::Value& json) {
    return {fields::read_stream_key(read::member(json, "stream_key")),
            fields::read_cutoff(read::member(json, "cutoff"))};
}

KeyWithAddresses read_key_with_addresses(const rapidjson::Value& json) {
    KeyWithAddresses result;
    result.key = fields::read_stream_key(json);
    if (const auto* publish = read::find(json, "publish")) {
        result.encoder = fields::read_encoder_addresses(*publish);
    }
    if (const auto* playback = read::find(json, "playback")) {
        result.viewer = fields::read_viewer_addresses(*playback);
    }
    return result;
}

class HttpKeys final : public KeyApi {
public:
    explicit HttpKeys(std::shared_ptr<HttpCaller> caller) : caller_(std::move(caller)) {}

    Result<CreatedKey> create_stream_key(const NewStreamKey& input) override {
        const auto body = fields::to_body(input);
        return messages::parse_answer(caller_->call("POST", "/stream-keys", "", body),
                                      read_created_key);
    }

    Result<StreamKey> find_stream_key(StreamKeyId id) override {
        return messages::parse_answer(caller_->call("GET", messages::item("stream-keys", id)),
                                      fields::read_stream_key);
    }

    Result<KeyWithAddresses> show_stream_key(StreamKeyId id) override {
        return messages::parse_answer(caller_->call("GET", messages::item("stream-keys", id)),
                                      read_key_with_addresses);
    }

    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                             const PageRequest& page) override {
        messages::Query query;
        query.add("broadcaster_id", filter.broadcaster_id);
        query.add("incident_id", filter.incident_id);
        query.add("label", filter.label);
        query.add("playback_path", filter.playback_path);
        if (filter.status) query.add("status", to_string(*filter.status));
        if (filter.disabled) {
            query.add("disabled", std::string_view(*filter.disabled ? "true" : "false"));
        }
        query.add(page);
        return messages::parse_list(caller_->call("GET", "/stream-keys", query.text()),
                                    "stream_keys", fields::read_stream_key);
    }

    Result<StreamKey> update_stream_key(StreamKeyId id, const StreamKeyPatch& patch) override {
        const auto body = fields::to_body(patch);
        return messages::parse_answer(caller_->change(messages::item("stream-keys", id), body),
                                      fields::read_stream_key);
    }

    Result<RevokedStreamKey> revoke_stream_key(StreamKeyId id) override {
        return messages::parse_answer(
            caller_->call("POST", messages::item("stream-keys", id, "revoke")),
            read_changed_key<RevokedStreamKey>);
    }

    Result<ChangedStreamKey> disable_stream_key(StreamKeyId id) override {
        return messages::parse_answer(
            caller_->call("POST", messages::item("stream-keys", id, "disable")),
            read_changed_key<ChangedStreamKey>);
    }

    Result<ChangedStreamKey> enable_stream_key(StreamKeyId id) override {
        return messages::parse_answer(
            caller_->call("POST", messages::item("stream-keys", id, "enable")),
            read_changed_key<ChangedStreamKey>);
    }

    Result<RotatedKey> rotate_stream_key(StreamKeyId id, std::chrono::seconds overlap) override {
        const auto body = json::object([&](json::Writer& writer) {
            json::integer_member(writer, "overlap_seconds", overlap.count());
        });
        return messages::parse_answer(
            caller_->call("POST", messages::item("stream-keys", id, "rotate"), "", body),
            read_rotated_key);
    }

private:
    std::shared_ptr<HttpCaller> caller_;
};

}  // namespace

std::unique_ptr<KeyApi> make_http_keys(std::shared_ptr<HttpCaller> caller) {
    return std::make_unique<HttpKeys>(std::move(caller));
}

}  // namespace rescuestream::cli
