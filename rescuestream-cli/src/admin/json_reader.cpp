#include "admin/json_reader.hpp"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdio>
#include <string>

namespace rescuestream::cli {
namespace {

using Value = rapidjson::Value;

[[noreturn]] void fail(const char* name, std::string_view what) {
    throw BadAnswer(fmt::format("member \"{}\" {}", name, what));
}

const Value* find(const Value& json, const char* name) {
    if (!json.IsObject()) throw BadAnswer("a JSON object was expected");
    const auto found = json.FindMember(name);
    if (found == json.MemberEnd() || found->value.IsNull()) return nullptr;
    return &found->value;
}

std::string to_text(const Value& value, const char* name) {
    if (!value.IsString()) fail(name, "is no string");
    return {value.GetString(), value.GetStringLength()};
}

std::string text(const Value& json, const char* name) {
    return to_text(member_of(json, name), name);
}

std::optional<std::string> optional_text(const Value& json, const char* name) {
    const Value* value = find(json, name);
    return value == nullptr ? std::nullopt : std::optional(to_text(*value, name));
}

Timestamp to_time(const std::string& value, const char* name) {
    const auto time = parse_rfc3339(value);
    if (!time) fail(name, "is no RFC 3339 time");
    return *time;
}

Timestamp time(const Value& json, const char* name) {
    return to_time(text(json, name), name);
}

std::optional<Timestamp> optional_time(const Value& json, const char* name) {
    const auto value = optional_text(json, name);
    return value ? std::optional(to_time(*value, name)) : std::nullopt;
}

template <class IdType>
IdType id(const Value& json, const char* name) {
    const auto value = IdType::parse(text(json, name));
    if (!value) fail(name, "is no id");
    return *value;
}

template <class Enum>
Enum enumerator(const Value& json, const char* name) {
    const auto value = parse_enum<Enum>(text(json, name));
    if (!value) fail(name, "has an unknown value");
    return *value;
}

// An unknown word is no reason to show nothing: a newer server may know more of them.
template <class Enum>
std::optional<Enum> optional_enumerator(const Value& json, const char* name) {
    const auto value = optional_text(json, name);
    return value ? parse_enum<Enum>(*value) : std::nullopt;
}

JsonObject object(const Value& json, const char* name) {
    const Value* value = find(json, name);
    if (value == nullptr) return {};
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value->Accept(writer);
    const auto parsed = JsonObject::parse({buffer.GetString(), buffer.GetSize()});
    if (!parsed) fail(name, "is no JSON object");
    return *parsed;
}

int integer(const Value& json, const char* name) {
    const Value& value = member_of(json, name);
    if (!value.IsInt()) fail(name, "is no integer");
    return value.GetInt();
}

ViewerAddresses read_viewer_addresses(const Value& json) {
    ViewerAddresses addresses;
    addresses.hls = optional_text(json, "hls").value_or("");
    addresses.webrtc = optional_text(json, "webrtc").value_or("");
    addresses.rtsp = optional_text(json, "rtsp").value_or("");
    return addresses;
}

EncoderAddresses read_encoder_addresses(const Value& json) {
    EncoderAddresses addresses;
    const Value& obs = member_of(json, "obs");
    addresses.obs_server = text(obs, "server");
    addresses.obs_stream_key = text(obs, "stream_key");
    addresses.rtmp = text(json, "rtmp");
    addresses.rtsp = text(json, "rtsp");
    addresses.srt = text(json, "srt");
    addresses.whip = text(json, "whip");
    addresses.legacy_rtmp = optional_text(json, "rtmp_path_only").value_or("");
    return addresses;
}

}  // namespace

const Value& member_of(const Value& json, const char* name) {
    const Value* value = find(json, name);
    if (value == nullptr) fail(name, "is missing");
    return *value;
}

std::optional<Cursor> read_next_cursor(const Value& json) {
    const auto value = optional_text(json, "next_cursor");
    if (!value) return std::nullopt;
    const auto cursor = Cursor::decode(*value);
    if (!cursor) fail("next_cursor", "is no cursor");
    return cursor;
}

Broadcaster read_broadcaster(const Value& json) {
    Broadcaster broadcaster;
    broadcaster.id = id<BroadcasterId>(json, "id");
    broadcaster.display_name = text(json, "display_name");
    broadcaster.metadata = object(json, "metadata");
    broadcaster.created_at = time(json, "created_at");
    broadcaster.updated_at = time(json, "updated_at");
    return broadcaster;
}

StreamKey read_stream_key(const Value& json) {
    StreamKey key;
    key.id = id<StreamKeyId>(json, "id");
    key.broadcaster_id = id<BroadcasterId>(json, "broadcaster_id");
    key.label = optional_text(json, "label").value_or("");
    key.playback_path = optional_text(json, "playback_path").value_or("");
    key.policies.on_duplicate = optional_enumerator<OnDuplicate>(json, "on_duplicate");
    const Value* disabled = find(json, "disabled");
    key.disabled = disabled != nullptr && disabled->IsTrue();
    key.created_at = time(json, "created_at");
    key.expires_at = optional_time(json, "expires_at");
    key.revoked_at = optional_time(json, "revoked_at");
    key.last_used_at = optional_time(json, "last_used_at");
    return key;
}

CreatedKey read_created_key(const Value& json) {
    CreatedKey created;
    created.created.key = read_stream_key(json);
    created.created.value = Secret(text(json, "key_value"));
    created.encoder = read_encoder_addresses(member_of(json, "publish"));
    created.viewer = read_viewer_addresses(member_of(json, "playback"));
    return created;
}

StreamWithAddresses read_stream(const Value& json) {
    StreamWithAddresses result;
    Stream& stream = result.stream;
    stream.id = id<StreamId>(json, "id");
    stream.stream_key_id = id<StreamKeyId>(json, "stream_key_id");
    stream.broadcaster_id = id<BroadcasterId>(json, "broadcaster_id");
    stream.path = text(json, "path");
    stream.state = enumerator<StreamState>(json, "state");
    stream.generation = integer(json, "generation");
    stream.node = text(json, "node");
    stream.started_at = time(json, "started_at");
    stream.ended_at = optional_time(json, "ended_at");
    stream.end_reason = optional_enumerator<EndReason>(json, "end_reason");
    stream.interrupted_at = optional_time(json, "interrupted_at");
    stream.source_type = optional_text(json, "source_type");
    if (auto source = optional_text(json, "source_id")) {
        stream.source_id = ConnectionId{std::move(*source)};
    }
    stream.observed_by =
        optional_enumerator<ObservedBy>(json, "observed_by").value_or(ObservedBy::kHook);
    stream.metadata = object(json, "metadata");
    stream.recording_ref = optional_text(json, "recording_ref");
    result.addresses = read_viewer_addresses(member_of(json, "urls"));
    return result;
}

AuditEntry read_audit_entry(const Value& json) {
    AuditEntry entry;
    entry.id = id<AuditEntryId>(json, "id");
    entry.timestamp = time(json, "timestamp");
    entry.actor = text(json, "actor");
    entry.action = text(json, "action");
    entry.resource_type = optional_text(json, "resource_type");
    entry.resource_id = optional_text(json, "resource_id");
    entry.request_method = text(json, "request_method");
    entry.request_path = text(json, "request_path");
    entry.ip_address = text(json, "ip_address");
    entry.outcome = enumerator<AuditOutcome>(json, "outcome");
    entry.failure_reason = optional_text(json, "failure_reason");
    entry.metadata = object(json, "metadata");
    entry.request_id = optional_text(json, "request_id");
    return entry;
}

AuditPage read_audit_page(const Value& json) {
    AuditPage page;
    const Value& entries = member_of(json, "audit_logs");
    if (!entries.IsArray()) fail("audit_logs", "is no array");
    for (const auto& entry : entries.GetArray()) page.entries.push_back(read_audit_entry(entry));
    const Value& total = member_of(member_of(json, "pagination"), "total");
    if (!total.IsUint64()) fail("total", "is no count");
    page.total = total.GetUint64();
    return page;
}

CutoffReport read_cutoff(const Value& json) {
    return {integer(json, "kicked"), integer(json, "pending")};
}

CutoffReport read_cutoff_header(std::string_view header) {
    CutoffReport report;
    if (header.empty()) return report;
    if (std::sscanf(std::string(header).c_str(), "kicked=%d, pending=%d", &report.kicked,
                    &report.pending) != 2) {
        throw BadAnswer("header RescueStream-Cutoff is malformed");
    }
    return report;
}

}  // namespace rescuestream::cli
