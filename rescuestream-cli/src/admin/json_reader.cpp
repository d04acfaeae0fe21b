#include "admin/json_reader.hpp"

#include <charconv>

namespace rescuestream::cli {
namespace {

using Value = rapidjson::Value;

EncoderAddresses read_encoder_addresses(const Value& json) {
    EncoderAddresses addresses;
    const Value& obs = read::member(json, "obs");
    addresses.obs_server = read::text(obs, "server");
    addresses.obs_stream_key = read::text(obs, "stream_key");
    addresses.rtmp = read::text(json, "rtmp");
    addresses.rtsp = read::text(json, "rtsp");
    addresses.srt = read::text(json, "srt");
    addresses.whip = read::text(json, "whip");
    addresses.legacy_rtmp = read::optional_text(json, "rtmp_path_only").value_or("");
    return addresses;
}

// Both functions consume what they match at the beginning of `text`.
bool take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

bool take_count(std::string_view& text, int& count) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

}  // namespace

ViewerAddresses read_viewer_addresses(const Value& json) {
    ViewerAddresses addresses;
    addresses.hls = read::optional_text(json, "hls").value_or("");
    addresses.webrtc = read::optional_text(json, "webrtc").value_or("");
    addresses.rtsp = read::optional_text(json, "rtsp").value_or("");
    return addresses;
}

std::optional<Cursor> read_next_cursor(const Value& json) {
    const auto value = read::optional_text(json, "next_cursor");
    if (!value) return std::nullopt;
    const auto cursor = Cursor::decode(*value);
    if (!cursor) read::fail("next_cursor", "is not a cursor");
    return cursor;
}

Broadcaster read_broadcaster(const Value& json) {
    Broadcaster broadcaster;
    broadcaster.id = read::id<BroadcasterId>(json, "id");
    broadcaster.display_name = read::text(json, "display_name");
    broadcaster.metadata = read::object(json, "metadata");
    broadcaster.disabled = read::flag(json, "disabled");
    broadcaster.created_at = read::time(json, "created_at");
    broadcaster.updated_at = read::time(json, "updated_at");
    return broadcaster;
}

StreamKey read_stream_key(const Value& json) {
    StreamKey key;
    key.id = read::id<StreamKeyId>(json, "id");
    key.broadcaster_id = read::id<BroadcasterId>(json, "broadcaster_id");
    key.label = read::optional_text(json, "label").value_or("");
    key.playback_path = read::optional_text(json, "playback_path").value_or("");
    key.policies.on_duplicate = read::optional_enumerator<OnDuplicate>(json, "on_duplicate");
    key.policies.reconnect_window = read::optional_seconds(json, "reconnect_window");
    key.policies.stale_after = read::optional_seconds(json, "stale_after");
    key.policies.max_session_duration = read::optional_seconds(json, "max_session_duration");
    key.disabled = read::flag(json, "disabled");
    key.broadcaster_disabled = read::flag(json, "broadcaster_disabled");
    key.created_at = read::time(json, "created_at");
    key.expires_at = read::optional_time(json, "expires_at");
    key.revoked_at = read::optional_time(json, "revoked_at");
    key.blocked_until = read::optional_time(json, "blocked_until");
    key.previous_value_expires_at = read::optional_time(json, "previous_value_expires_at");
    key.last_used_at = read::optional_time(json, "last_used_at");
    return key;
}

CreatedKey read_created_key(const Value& json) {
    CreatedKey created;
    created.created.key = read_stream_key(json);
    created.created.value = Secret(read::text(json, "key_value"));
    created.encoder = read_encoder_addresses(read::member(json, "publish"));
    created.viewer = read_viewer_addresses(read::member(json, "playback"));
    return created;
}

RotatedKey read_rotated_key(const Value& json) {
    CreatedKey created = read_created_key(json);
    RotatedKey rotated;
    rotated.rotated.key = std::move(created.created.key);
    rotated.rotated.value = std::move(created.created.value);
    rotated.rotated.cutoff = read_cutoff(read::member(json, "cutoff"));
    rotated.encoder = std::move(created.encoder);
    rotated.viewer = std::move(created.viewer);
    return rotated;
}

AuditEntry read_audit_entry(const Value& json) {
    AuditEntry entry;
    entry.id = read::id<AuditEntryId>(json, "id");
    entry.timestamp = read::time(json, "timestamp");
    entry.actor = read::text(json, "actor");
    entry.action = read::text(json, "action");
    entry.resource_type = read::optional_text(json, "resource_type");
    entry.resource_id = read::optional_text(json, "resource_id");
    entry.request_method = read::text(json, "request_method");
    entry.request_path = read::text(json, "request_path");
    entry.ip_address = read::text(json, "ip_address");
    entry.outcome = read::enumerator<AuditOutcome>(json, "outcome");
    entry.failure_reason = read::optional_text(json, "failure_reason");
    entry.metadata = read::object(json, "metadata");
    entry.request_id = read::optional_text(json, "request_id");
    entry.origin =
        read::optional_enumerator<AuditOrigin>(json, "origin").value_or(AuditOrigin::kApi);
    return entry;
}

AuditPage read_audit_page(const Value& json) {
    AuditPage page;
    for (const auto& entry : read::array(json, "audit_logs").GetArray()) {
        page.entries.push_back(read_audit_entry(entry));
    }
    page.total = read::count(read::member(json, "pagination"), "total");
    return page;
}

CutoffReport read_cutoff(const Value& json) {
    CutoffReport report;
    report.kicked = read::integer(json, "kicked");
    report.pending = read::integer(json, "pending");
    for (const auto& node : read::array(json, "nodes").GetArray()) {
        report.nodes.push_back({read::text(node, "node"), read::integer(node, "kicked"),
                                read::integer(node, "pending"), read::flag(node, "reachable")});
    }
    return report;
}

CutoffReport read_cutoff_header(std::string_view header) {
    CutoffReport report;
    if (header.empty()) return report;
    const bool is_whole = take(header, "kicked=") && take_count(header, report.kicked) &&
                          take(header, ", pending=") && take_count(header, report.pending);
    if (!is_whole) throw BadAnswer("header RescueStream-Cutoff is malformed");
    return report;
}

}  // namespace rescuestream::cli
