#include "json/object.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream {
namespace {

using json::integer_member;
using json::member;
using json::object;
using json::optional_member;
using json::raw_member;
using json::Writer;

// The front end wants these members to be there, with null for "none".
void member_or_null(Writer& writer, std::string_view name, const std::optional<std::string>& text) {
    json::write(writer, name);
    if (text) {
        json::write(writer, *text);
    } else {
        writer.Null();
    }
}

// Left out when empty.
void seconds_member(Writer& writer, std::string_view name,
                    const std::optional<std::chrono::seconds>& value) {
    if (value) integer_member(writer, name, value->count());
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
    seconds_member(writer, "reconnect_window", key.policies.reconnect_window);
    seconds_member(writer, "stale_after", key.policies.stale_after);
    seconds_member(writer, "max_session_duration", key.policies.max_session_duration);
    writer.Key("disabled");
    writer.Bool(key.disabled);
    if (key.broadcaster_disabled) {
        writer.Key("broadcaster_disabled");
        writer.Bool(true);
    }
    member(writer, "created_at", key.created_at);
    optional_member(writer, "expires_at", key.expires_at);
    optional_member(writer, "revoked_at", key.revoked_at);
    if (key.blocked_until && *key.blocked_until > now) {
        member(writer, "blocked_until", *key.blocked_until);
    }
    if (key.previous_value_expires_at && *key.previous_value_expires_at > now) {
        member(writer, "previous_value_expires_at", *key.previous_value_expires_at);
    }
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

void new_value_members(Writer& writer, const StreamKey& key, const Secret& value,
                       const EncoderAddresses& encoder, const ViewerAddresses& viewer,
                       Timestamp now) {
    key_members(writer, key, now);
    member(writer, "key_value", value.reveal());
    raw_member(writer, "publish", encoder_json(encoder));
    raw_member(writer, "playback", to_json(viewer));
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
        if (broadcaster.disabled) {
            writer.Key("disabled");
            writer.Bool(true);
        }
        member(writer, "created_at", broadcaster.created_at);
        member(writer, "updated_at", broadcaster.updated_at);
    });
}

std::string to_json(const StreamKey& key, Timestamp now) {
    return object([&](Writer& writer) { key_members(writer, key, now); });
}

// What key_members compares with `now`.
std::optional<Timestamp> json_changes_at(const StreamKey& key, Timestamp now) {
    std::optional<Timestamp> earliest;
    for (const auto& time : {key.expires_at, key.blocked_until, key.previous_value_expires_at}) {
        if (time && *time > now && (!earliest || *time < *earliest)) earliest = time;
    }
    return earliest;
}

std::string to_json(const CreatedStreamKey& created, const EncoderAddresses& encoder,
                    const ViewerAddresses& viewer, Timestamp now) {
    return object([&](Writer& writer) {
        new_value_members(writer, created.key, created.value, encoder, viewer, now);
    });
}

std::string to_json(const RotatedStreamKey& rotated, const EncoderAddresses& encoder,
                    const ViewerAddresses& viewer, Timestamp now) {
    return object([&](Writer& writer) {
        new_value_members(writer, rotated.key, rotated.value, encoder, viewer, now);
        raw_member(writer, "cutoff", to_json(rotated.cutoff));
    });
}

std::string to_json(const ViewerAddresses& addresses) {
    return object([&](Writer& writer) {
        member(writer, "hls", addresses.hls);
        member(writer, "webrtc", addresses.webrtc);
        member(writer, "rtsp", addresses.rtsp);
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
        member(writer, "origin", to_string(entry.origin));
    });
}

std::string to_json(const CutoffReport& report) {
    return object([&](Writer& writer) {
        writer.Key("kicked");
        writer.Int(report.kicked);
        writer.Key("pending");
        writer.Int(report.pending);
        writer.Key("nodes");
        writer.StartArray();
        for (const auto& node : report.nodes) {
            writer.StartObject();
            member(writer, "node", node.node);
            writer.Key("kicked");
            writer.Int(node.kicked);
            writer.Key("pending");
            writer.Int(node.pending);
            writer.Key("reachable");
            writer.Bool(node.reachable);
            writer.EndObject();
        }
        writer.EndArray();
    });
}

std::string to_json(const NodeStatus& status) {
    return object([&](Writer& writer) {
        const Node& node = status.node;
        member(writer, "name", node.name);
        member(writer, "label", node.label);
        // A node that takes no publishers is that first of all; how it does shows in `health`.
        member(writer, "state", node.draining ? "draining" : to_string(status.state));
        member(writer, "health", to_string(status.state));
        if (!status.reason.empty()) member(writer, "reason", status.reason);
        writer.Key("draining");
        writer.Bool(node.draining);
        writer.Key("default");
        writer.Bool(status.is_default);
        if (!status.version.empty()) member(writer, "version", status.version);
        if (status.seen_at) member(writer, "last_seen_at", *status.seen_at);
        if (!status.reconciled_by.empty()) member(writer, "reconciled_by", status.reconciled_by);
        const NodeStanding& standing = status.standing;
        member(writer, "enforcement", standing.is_enforced() ? "enforcing" : "watching");
        if (standing.asked_at) member(writer, "asked_at", *standing.asked_at);
        if (standing.enforced_at) member(writer, "enforced_at", *standing.enforced_at);
        writer.Key("unknown_publishers");
        writer.StartArray();
        for (const auto& source : standing.unknown) {
            writer.StartObject();
            member(writer, "path", source.path);
            member(writer, "protocol", to_string(source.protocol));
            if (!source.remote_address.empty()) member(writer, "address", source.remote_address);
            member(writer, "connection_id", source.connection.value);
            member(writer, "seen_at", source.seen_at);
            writer.EndObject();
        }
        writer.EndArray();
        member(writer, "api_url", node.api_url);
        if (!node.api_user.empty()) member(writer, "api_user", node.api_user);
        writer.Key("addresses");
        writer.StartObject();
        member(writer, "webrtc", node.addresses.webrtc);
        member(writer, "hls", node.addresses.hls);
        member(writer, "rtsp", node.addresses.rtsp);
        member(writer, "rtmp", node.addresses.rtmp);
        member(writer, "srt", node.addresses.srt);
        writer.EndObject();
        if (node.created_at != Timestamp{}) member(writer, "created_at", node.created_at);
        if (node.updated_at != Timestamp{}) member(writer, "updated_at", node.updated_at);
    });
}

}  // namespace rescuestream
