#include "json/writer.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream {
namespace {

using json::member;
using json::optional_member;
using json::raw_member;
using json::Writer;

template <class Body>
std::string object(Body&& body) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    body(writer);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

// The front end wants these members to be there, with null for "none".
void member_or_null(Writer& writer, std::string_view name, const std::optional<std::string>& text) {
    json::write(writer, name);
    if (text) {
        json::write(writer, *text);
    } else {
        writer.Null();
    }
}

void key_members(Writer& writer, const StreamKey& key, Timestamp now) {
    member(writer, "id", key.id.to_string());
    member(writer, "broadcaster_id", key.broadcaster_id.to_string());
    member(writer, "status", to_string(key.status_at(now)));
    member(writer, "label", key.label);
    member(writer, "playback_path", key.playback_path);
    if (key.policies.on_duplicate) {
        member(writer, "on_duplicate", to_string(*key.policies.on_duplicate));
    }
    writer.Key("disabled");
    writer.Bool(key.disabled);
    member(writer, "created_at", key.created_at);
    optional_member(writer, "expires_at", key.expires_at);
    optional_member(writer, "revoked_at", key.revoked_at);
    optional_member(writer, "last_used_at", key.last_used_at);
}

std::string encoder_json(const EncoderAddresses& encoder) {
    return object([&](Writer& writer) {
        writer.Key("obs");
        writer.StartObject();
        member(writer, "server", encoder.obs_server);
        member(writer, "stream_key", encoder.obs_stream_key);
        writer.EndObject();
        member(writer, "rtmp", encoder.rtmp);
        member(writer, "rtsp", encoder.rtsp);
        member(writer, "srt", encoder.srt);
        member(writer, "whip", encoder.whip);
        if (!encoder.legacy_rtmp.empty()) member(writer, "rtmp_path_only", encoder.legacy_rtmp);
    });
}

}  // namespace

std::string to_json(std::string_view text) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    json::write(writer, text);
    return {buffer.GetString(), buffer.GetSize()};
}

std::string to_json(const Broadcaster& broadcaster) {
    return object([&](Writer& writer) {
        member(writer, "id", broadcaster.id.to_string());
        member(writer, "display_name", broadcaster.display_name);
        raw_member(writer, "metadata", broadcaster.metadata.text());
        member(writer, "created_at", broadcaster.created_at);
        member(writer, "updated_at", broadcaster.updated_at);
    });
}

std::string to_json(const StreamKey& key, Timestamp now) {
    return object([&](Writer& writer) { key_members(writer, key, now); });
}

std::string to_json(const CreatedStreamKey& created, const EncoderAddresses& encoder,
                    const ViewerAddresses& viewer, Timestamp now) {
    return object([&](Writer& writer) {
        key_members(writer, created.key, now);
        member(writer, "key_value", created.value.reveal());
        raw_member(writer, "publish", encoder_json(encoder));
        raw_member(writer, "playback", to_json(viewer));
    });
}

std::string to_json(const ViewerAddresses& addresses) {
    return object([&](Writer& writer) {
        member(writer, "hls", addresses.hls);
        member(writer, "webrtc", addresses.webrtc);
        member(writer, "rtsp", addresses.rtsp);
    });
}

std::string to_json(const Stream& stream, const ViewerAddresses& addresses) {
    return object([&](Writer& writer) {
        member(writer, "id", stream.id.to_string());
        member(writer, "stream_key_id", stream.stream_key_id.to_string());
        member(writer, "broadcaster_id", stream.broadcaster_id.to_string());
        member(writer, "path", stream.path);
        // The contract's two words; `state` says it in full.
        member(writer, "status",
               std::string_view(stream.state == StreamState::kLive ? "active" : "ended"));
        member(writer, "state", to_string(stream.state));
        writer.Key("generation");
        writer.Int(stream.generation);
        member(writer, "node", stream.node);
        member(writer, "started_at", stream.started_at);
        optional_member(writer, "ended_at", stream.ended_at);
        if (stream.end_reason) member(writer, "end_reason", to_string(*stream.end_reason));
        optional_member(writer, "interrupted_at", stream.interrupted_at);
        optional_member(writer, "source_type", stream.source_type);
        if (stream.source_id) member(writer, "source_id", stream.source_id->value);
        member(writer, "observed_by", to_string(stream.observed_by));
        raw_member(writer, "metadata", stream.metadata.text());
        optional_member(writer, "recording_ref", stream.recording_ref);
        raw_member(writer, "urls", to_json(addresses));
    });
}

std::string to_json(const AuditEntry& entry) {
    return object([&](Writer& writer) {
        member(writer, "id", entry.id.to_string());
        member(writer, "timestamp", entry.timestamp);
        member(writer, "actor", entry.actor);
        member(writer, "action", entry.action);
        member_or_null(writer, "resource_type", entry.resource_type);
        member_or_null(writer, "resource_id", entry.resource_id);
        member(writer, "request_method", entry.request_method);
        member(writer, "request_path", entry.request_path);
        member(writer, "ip_address", entry.ip_address);
        member(writer, "outcome", to_string(entry.outcome));
        member_or_null(writer, "failure_reason", entry.failure_reason);
        raw_member(writer, "metadata", entry.metadata.text());
        member_or_null(writer, "request_id", entry.request_id);
    });
}

std::string to_json(const CutoffReport& report) {
    return object([&](Writer& writer) {
        writer.Key("kicked");
        writer.Int(report.kicked);
        writer.Key("pending");
        writer.Int(report.pending);
    });
}

}  // namespace rescuestream
