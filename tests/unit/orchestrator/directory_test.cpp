#include <doctest/doctest.h>

#include <future>

#include "rescuestream/json.hpp"
#include "support/faulty_storage.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE("a broadcaster needs a name of 1 to 255 characters that is not blank") {
    TestOrchestrator t;
    for (const std::string& name :
         {std::string(), std::string(" \t"), std::string(256, 'x'), std::string("a\nb"),
          std::string("a\0b", 3), std::string("\xFF")}) {
        const auto result = t->create_broadcaster({name, {}}, t.caller);
        REQUIRE_FALSE(result);
        CHECK(result.error().code == ErrorCode::kInvalidArgument);
        REQUIRE(result.error().fields.size() == 1);
        CHECK(result.error().fields[0].pointer == "/display_name");
    }
    CHECK(t->list_broadcasters()->items.empty());
    CHECK(t->create_broadcaster({std::string(255, 'x'), {}}, t.caller));
}

TEST_CASE("all wrong members of a new key are reported together, and no key is created") {
    TestOrchestrator t;
    NewStreamKey input;
    input.label = std::string(256, 'x');
    input.playback_path = "/live";
    input.expires_at = t.clock.now();
    const auto result = t->create_stream_key(input, t.caller);
    REQUIRE_FALSE(result);
    std::vector<std::string> pointers;
    for (const auto& field : result.error().fields) pointers.push_back(field.pointer);
    CHECK(pointers ==
          std::vector<std::string>{"/label", "/playback_path", "/expires_at", "/broadcaster_id"});
    CHECK(t->list_stream_keys()->items.empty());
}

TEST_CASE(
    "a playback path that is taken, reserved or contains a key value is refused with the reason") {
    TestOrchestrator t;
    const auto key = t.key();
    NewStreamKey input;
    input.broadcaster_id = key.key.broadcaster_id;
    input.playback_path = key.key.playback_path;
    const auto taken = t->create_stream_key(input, t.caller);
    REQUIRE_FALSE(taken);
    CHECK(taken.error().code == ErrorCode::kConflict);
    // Who may read keys is told which one has the path.
    CHECK(taken.error().message.find("he stream key (" + key.key.id.to_string() + ")") !=
          std::string::npos);
    ApiCredential credential;
    credential.scopes = {Scope::kKeysWrite};
    Caller caller = t.caller;
    caller.credential = std::make_shared<const ApiCredential>(credential);
    const auto unnamed = t->create_stream_key(input, caller);
    REQUIRE_FALSE(unnamed);
    CHECK(unnamed.error().message.find(key.key.id.to_string()) == std::string::npos);
    for (const char* everybody : {"all", "all_others", "~^live/"}) {
        CAPTURE(everybody);
        input.playback_path = everybody;
        const auto reserved = t->create_stream_key(input, t.caller);
        REQUIRE_FALSE(reserved);
        REQUIRE(reserved.error().fields.size() == 1);
        CHECK(reserved.error().fields[0].pointer == "/playback_path");
        CHECK(reserved.error().fields[0].detail.find("paths of everybody") != std::string::npos);
    }
    CHECK(t->list_stream_keys()->items.size() == 1);
    input.playback_path = "live/" + key.value.reveal();
    const auto shown = t->create_stream_key(input, t.caller);
    REQUIRE_FALSE(shown);
    CHECK(shown.error().code == ErrorCode::kInvalidArgument);
}

TEST_CASE("a key is created according to the present state of its broadcaster") {
    TestOrchestrator t;
    NewStreamKey input;
    input.broadcaster_id = t.broadcaster("Rescue 1").id;
    t->create_stream_key(input, t.caller).value();
    BroadcasterPatch rename;
    rename.display_name = "Rescue 2";
    REQUIRE(t->update_broadcaster(input.broadcaster_id, rename, t.caller));

    const auto second = t->create_stream_key(input, t.caller).value();
    AuditFilter filter;
    filter.resource_id = second.key.id.to_string();
    const auto entries = t->list_audit(filter).value().entries;
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].metadata.text().find("Rescue 2") != std::string::npos);

    CHECK_FALSE(second.key.broadcaster_disabled);
    REQUIRE(t->disable_broadcaster(input.broadcaster_id, t.caller));
    CHECK(t->create_stream_key(input, t.caller).value().key.broadcaster_disabled);

    REQUIRE(t->delete_broadcaster(input.broadcaster_id, false, t.caller));
    const auto refused = t->create_stream_key(input, t.caller);
    REQUIRE_FALSE(refused);
    REQUIRE(refused.error().fields.size() == 1);
    CHECK(refused.error().fields[0].pointer == "/broadcaster_id");
    CHECK(refused.error().code == ErrorCode::kInvalidArgument);
}

TEST_CASE("a key without a given path gets a random one that cannot be guessed") {
    TestOrchestrator t;
    NewStreamKey input;
    input.broadcaster_id = t.broadcaster().id;
    const auto first = t->create_stream_key(input, t.caller).value();
    const auto second = t->create_stream_key(input, t.caller).value();
    CHECK(first.key.playback_path.size() == 17);
    CHECK(first.key.playback_path.starts_with("live/"));
    CHECK(first.key.playback_path != second.key.playback_path);
}

TEST_CASE("each change leaves one audit entry with the names of what was changed") {
    TestOrchestrator t;
    const auto key = t.key();
    const auto a_moment_later = [&] { t.clock.advance(std::chrono::milliseconds(1)); };
    a_moment_later();
    REQUIRE(t->update_broadcaster(key.key.broadcaster_id, {"Rescue 2", {}}, t.caller));
    a_moment_later();
    REQUIRE(t->revoke_stream_key(key.key.id, t.caller));
    a_moment_later();
    REQUIRE(t->delete_broadcaster(key.key.broadcaster_id, false, t.caller));
    const auto page = t->list_audit({}).value();
    REQUIRE(page.total == 5);
    CHECK(page.entries[0].action == "delete");
    CHECK(page.entries[0].resource_type == "broadcaster");
    CHECK(page.entries[1].action == "delete");
    CHECK(page.entries[1].resource_type == "stream_key");
    CHECK(
        page.entries[1].metadata.text() ==
        R"({"source":"server","broadcaster_name":"Rescue 2","key_name":"live/drone1","playback_path":"live/drone1"})");
    for (const auto& entry : page.entries) {
        CHECK(entry.actor == "tester");
        CHECK(entry.origin == AuditOrigin::kServer);
        CHECK(to_json(entry).find(key.value.reveal()) == std::string::npos);
    }
}

TEST_CASE("reported events keep the front end's words, and key values in them are masked") {
    TestOrchestrator t;
    const std::string value = generate_key_value(system_random()).reveal();
    NewAuditEvent event;
    event.event_type = "stream_key_revoked";
    event.failure_reason = "no " + value;
    event.metadata = JsonObject::parse("{\"k\":\"\\u0073k_" + value.substr(3) + "\"}").value();
    const auto entry = t->record_audit_event(event, t.caller);
    REQUIRE(entry);
    CHECK(entry->action == "delete");
    CHECK(entry->resource_type == "stream_key");
    CHECK(entry->actor == "tester");
    CHECK(entry->failure_reason == "no sk_***");
    CHECK(entry->metadata.text() == R"({"k":"sk_***"})");
    event.event_type = "user_login";
    CHECK(t->record_audit_event(event, t.caller)->action == "login");
    CHECK_FALSE(t->record_audit_event(event, t.caller)->resource_type);
}

TEST_CASE("a reported event is refused with all of its wrong members") {
    TestOrchestrator t;
    NewAuditEvent event;
    event.event_type = "Bad Word";
    event.actor = "";
    event.resource_id = "17";
    const auto result = t->record_audit_event(event, t.caller);
    REQUIRE_FALSE(result);
    CHECK(result.error().fields.size() == 3);
    CHECK(t->list_audit({})->total == 0);
}

TEST_CASE("a reported event can be distinguished from the server's own entries") {
    TestOrchestrator t;
    NewAuditEvent event;
    event.event_type = "stream_key_revoked";
    const auto wrong_members = [&] {
        const auto result = t->record_audit_event(event, t.caller);
        std::string pointers;
        if (result) return pointers;
        for (const auto& field : result.error().fields) pointers += field.pointer + " ";
        return pointers;
    };
    for (const char* actor : {"rescuestream", "media-server", "api-secret", "library", "cli:root",
                              "RescueStream", " rescuestream ", "CLI:root"}) {
        CAPTURE(actor);
        event.actor = actor;
        CHECK(wrong_members() == "/actor ");
    }
    event.actor = "ann";
    for (const char* metadata : {R"({"source":"server"})", R"({"a":1,"source":"Server "})",
                                 R"({"\u0073ource":"s\u0065rver"})"}) {
        CAPTURE(metadata);
        event.metadata = JsonObject::parse(metadata).value();
        CHECK(wrong_members() == "/metadata/source ");
    }
    CHECK(t->list_audit({})->total == 0);
    for (const char* metadata : {R"({"source":"web"})", R"({"source":1})",
                                 R"({"a":{"source":"server"}})", R"({"source":"server room"})"}) {
        CAPTURE(metadata);
        event.metadata = JsonObject::parse(metadata).value();
        const auto entry = t->record_audit_event(event, t.caller);
        REQUIRE(entry);
        CHECK(entry->origin == AuditOrigin::kApi);
    }
}

TEST_CASE("a caller may report events with its own name, even if that is reserved") {
    TestOrchestrator t;
    NewAuditEvent event;
    event.event_type = "login";
    for (const char* name : {"api-secret", "cli:ada"}) {
        Caller caller;
        caller.actor = name;
        event.actor = name;
        const auto entry = t->record_audit_event(event, caller);
        REQUIRE(entry);
        CHECK(entry->actor == name);
        CHECK(entry->origin == AuditOrigin::kApi);
    }
}

TEST_CASE("a signature may be used again for two seconds, and never after") {
    TestOrchestrator t;
    const auto stale = t->now() + std::chrono::minutes(5);
    const auto may = [&](const char* signature) {
        return t->may_use_signature(signature, stale).value();
    };
    CHECK(may("a"));
    t.clock.advance(std::chrono::seconds(2));
    CHECK(may("a"));
    CHECK(may("b"));
    t.clock.advance(std::chrono::milliseconds(1));
    CHECK_FALSE(may("a"));
    CHECK(may("b"));
    t.clock.advance(std::chrono::minutes(4));
    CHECK_FALSE(may("a"));
    CHECK_FALSE(may("b"));
}

TEST_CASE("addresses are in the form that encoders expect") {
    TestOrchestrator t;
    auto key = t.key("live/drone1");
    key.value = Secret("sk_S");
    const auto encoder = t->encoder_addresses(key.key, key.value);
    CHECK(encoder.obs_server == "rtmp://localhost:1935/live");
    CHECK(encoder.obs_stream_key == "drone1?pass=sk_S");
    CHECK(encoder.rtmp == "rtmp://localhost:1935/live/drone1?pass=sk_S");
    CHECK(encoder.rtsp == "rtsp://publisher:sk_S@localhost:8554/live/drone1");
    CHECK(encoder.srt ==
          "srt://localhost:8890?streamid=publish:live/drone1:publisher:sk_S&pkt_size=1316");
    CHECK(encoder.whip == "http://localhost:8889/live/drone1/whip");
    CHECK(encoder.legacy_rtmp == "rtmp://localhost:1935/sk_S");
    const auto viewer = t->viewer_addresses(key.key);
    CHECK(viewer.hls == "http://localhost:8888/live/drone1/index.m3u8");
    CHECK(viewer.webrtc == "http://localhost:8889/live/drone1/whep");
    CHECK(viewer.rtsp == "rtsp://localhost:8554/live/drone1");
}

TEST_CASE("public addresses follow from the WebRTC address") {
    const auto plain = derive_public_addresses("http://video.example.org:8889/");
    REQUIRE(plain);
    CHECK(plain->webrtc == "http://video.example.org:8889");
    CHECK(plain->hls == "http://video.example.org:8888");
    CHECK(plain->rtmp == "rtmp://video.example.org:1935");
    const auto behind_proxy = derive_public_addresses("https://video.example.org/mtx");
    REQUIRE(behind_proxy);
    CHECK(behind_proxy->hls == "https://video.example.org/mtx");
    CHECK(derive_public_addresses("http://[::1]:8889")->srt == "srt://[::1]:8890");
    CHECK_FALSE(derive_public_addresses("video.example.org"));
    CHECK_FALSE(derive_public_addresses("http://user:x@h:8889"));
}

TEST_CASE("an orchestrator without storage or media server cannot be created") {
    CHECK_THROWS_AS(StreamOrchestrator(OrchestratorOptions{}), std::invalid_argument);
}

TEST_CASE("two changes of different policies of a key that meet are both kept") {
    const auto faults = std::make_shared<StorageFaults>();
    const std::shared_ptr<Storage> memory = TestOrchestrator::open_memory();
    TestOrchestrator t(std::make_unique<FaultyStorage>(memory, faults),
                       TestOrchestrator::default_settings());
    const auto id = t.key().key.id;
    StreamKeyPatch stale, window;
    stale.policies.stale_after = std::chrono::seconds(7);
    window.policies.reconnect_window = std::chrono::seconds(8);

    faults->hold_method("update_stream_key");
    auto first =
        std::async(std::launch::async, [&] { return t->update_stream_key(id, stale, t.caller); });
    auto second =
        std::async(std::launch::async, [&] { return t->update_stream_key(id, window, t.caller); });
    CHECK(eventually([&] { return faults->calls("update_stream_key") == 2; }));
    faults->release();
    CHECK(first.get().has_value());
    CHECK(second.get().has_value());
    const auto policies = t->find_stream_key(id).value().policies;
    CHECK(policies.stale_after == stale.policies.stale_after);
    CHECK(policies.reconnect_window == window.policies.reconnect_window);
}
