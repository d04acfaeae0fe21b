#include <doctest/doctest.h>

#include "rescuestream/json.hpp"

using namespace rescuestream;

namespace {

const Timestamp kTime = *parse_rfc3339("2026-01-17T10:00:00.123456Z");
const Uuid kUuid = *Uuid::parse("928e45d1-dcdc-49fa-93f4-dcb655ab9837");

}  // namespace

TEST_CASE("a broadcaster is written as the API's contract defines it") {
    const Broadcaster broadcaster{
        {"Süd \"1\"", *JsonObject::parse("{\"a\": 1.50}")}, BroadcasterId(kUuid), kTime, kTime};
    CHECK(to_json(broadcaster) ==
          R"({"id":"928e45d1-dcdc-49fa-93f4-dcb655ab9837","display_name":"Süd \"1\"",)"
          R"("metadata":{"a":1.50},"created_at":"2026-01-17T10:00:00.123456Z",)"
          R"("updated_at":"2026-01-17T10:00:00.123456Z"})");
}

TEST_CASE("a key is written without its value and without members that are not set") {
    StreamKey key;
    key.id = StreamKeyId(kUuid);
    key.broadcaster_id = BroadcasterId(kUuid);
    key.playback_path = "live/a";
    key.created_at = kTime;
    const std::string json = to_json(key, kTime);
    CHECK(json.find("\"status\":\"active\"") != std::string::npos);
    for (const char* absent :
         {"expires_at", "revoked_at", "last_used_at", "on_duplicate", "key_value"}) {
        CAPTURE(absent);
        CHECK(json.find(absent) == std::string::npos);
    }
    key.expires_at = kTime;
    CHECK(to_json(key, kTime).find("\"status\":\"expired\"") != std::string::npos);
}

TEST_CASE("only a live stream is active") {
    Stream stream;
    CHECK(to_json(stream, {}).find("\"status\":\"active\"") != std::string::npos);
    stream.state = StreamState::kReconnecting;
    CHECK(to_json(stream, {}).find("\"status\":\"ended\",\"state\":\"reconnecting\"") !=
          std::string::npos);
    stream.state = StreamState::kEnded;
    stream.end_reason = EndReason::kLost;
    CHECK(to_json(stream, {}).find("\"end_reason\":\"lost\"") != std::string::npos);
}

TEST_CASE("an audit entry has null where it has no value") {
    const std::string json = to_json(AuditEntry{});
    for (const char* member : {"resource_type", "resource_id", "failure_reason", "request_id"}) {
        CAPTURE(member);
        CHECK(json.find("\"" + std::string(member) + "\":null") != std::string::npos);
    }
}
