// Devices that can only send a path are listed and can be watched at their key's public path.
#include <doctest/doctest.h>

#include "support/make_uuid.hpp"
#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

struct RelayCase {
    explicit RelayCase(const std::string& application = "") {
        settings.relay_secret = Secret("installation");
        settings.relay_address = "rtsp://127.0.0.1:8554";
        t = std::make_unique<TestOrchestrator>(settings);
        key = (*t)->create_stream_key({t->broadcaster().id, "", "live/drone1", {}, {}}, t->caller)
                  .value();
        secret_path = application + key.value.reveal();
    }

    bool accept(const std::string& connection) {
        PublishRequest request;
        request.path = secret_path;
        request.protocol = Protocol::kRtmp;
        request.connection = ConnectionId{connection};
        return (*t)->decide_publish(request).value().accepted();
    }
    void publish(const std::string& connection) {
        REQUIRE(accept(connection));
        t->media->publish(ConnectionKind::kRtmp, {connection}, secret_path);
        REQUIRE((*t)->source_available({secret_path, "rtmpConn", ConnectionId{connection}}));
    }
    std::vector<MediaPathEntry> entries() { return t->media->list_path_configs().value(); }
    void tick(int rounds = 1) {
        for (int i = 0; i < rounds; ++i) (*t)->tick();
    }

    OrchestratorSettings settings = TestOrchestrator::default_settings();
    std::unique_ptr<TestOrchestrator> t;
    CreatedStreamKey key;
    std::string secret_path;
};

// An encoder that insists on an application before the stream key.
struct RelayWithApplicationCase : RelayCase {
    RelayWithApplicationCase() : RelayCase("live/") {}
};

}  // namespace

TEST_CASE_FIXTURE(
    RelayWithApplicationCase,
    "a device that sends its key behind an application is listed at the public path") {
    publish("c1");
    t->media->receive_bytes(secret_path, 1'000);
    tick(3);
    REQUIRE(t->live().size() == 1);
    CHECK(t->live()[0].path == "live/drone1");
    REQUIRE(entries().size() == 1);
    CHECK(entries()[0].source.ends_with("@127.0.0.1:8554/" + secret_path));
    const std::string source = entries()[0].source;
    const std::string password = source.substr(13, source.find('@') - 13);
    CHECK((*t)->may_read({secret_path, "relay", Secret(password)}));
    CHECK_FALSE((*t)->may_read({secret_path, "", Secret()}));
    CHECK_FALSE((*t)->may_read({key.value.reveal(), "relay", Secret(password)}));

    t->media->disconnect({"c1"});
    REQUIRE((*t)->source_unavailable({secret_path, "rtmpConn", ConnectionId{"c1"}}));
    CHECK(entries().empty());
    CHECK(t->live().empty());
}

TEST_CASE_FIXTURE(RelayWithApplicationCase,
                  "revoking removes a device with an application, and one found by the poll") {
    REQUIRE(accept("c1"));
    t->media->publish(ConnectionKind::kRtmp, {"c1"}, secret_path);
    tick(2);
    REQUIRE(t->live().size() == 1);
    CHECK((*t)->revoke_stream_key(key.key.id, t->caller)->cutoff.kicked == 1);
    tick();
    CHECK(entries().empty());
    CHECK(t->live().empty());
    // It publishes again without having asked.
    t->media->publish(ConnectionKind::kRtmp, {"c2"}, secret_path);
    tick(3);
    for (const auto& path : t->media->list_paths().value()) CHECK_FALSE(path.source);
}

TEST_CASE_FIXTURE(RelayCase,
                  "a device that sends its key as the path is listed at the public path") {
    publish("c1");
    REQUIRE(t->live().size() == 1);
    CHECK(t->live()[0].path == "live/drone1");
    REQUIRE(entries().size() == 1);
    CHECK(entries()[0].name == "live/drone1");
    CHECK(entries()[0].source.starts_with("rtsp://relay:"));
    CHECK(entries()[0].source.ends_with("@127.0.0.1:8554/" + secret_path));
    for (const auto& event : t->events) CHECK_FALSE(looks_like_key_value(event.stream.path));
    // A poll also finds it live.
    t->media->receive_bytes(secret_path, 1'000);
    tick(3);
    CHECK(t->live().size() == 1);
    CHECK(entries().size() == 1);
}

TEST_CASE_FIXTURE(RelayCase, "without hooks a poll adds the public path and removes it") {
    REQUIRE(accept("c1"));
    t->media->publish(ConnectionKind::kRtmp, {"c1"}, secret_path);
    tick(2);
    CHECK(t->live().size() == 1);
    CHECK(entries().size() == 1);
    t->media->disconnect({"c1"});
    tick(2);
    CHECK(t->live().empty());
    tick();
    CHECK(entries().empty());
}

TEST_CASE_FIXTURE(RelayCase, "the public path is removed when its source ends") {
    publish("c1");
    t->media->disconnect({"c1"});
    REQUIRE((*t)->source_unavailable({secret_path, "rtmpConn", ConnectionId{"c1"}}));
    CHECK(entries().empty());
    CHECK(t->live().empty());
}

TEST_CASE_FIXTURE(RelayCase, "a relay that has no viewers any more does not end the stream") {
    publish("c1");
    REQUIRE((*t)->source_unavailable({"live/drone1", "rtspSource", std::nullopt}));
    CHECK(t->live().size() == 1);
    CHECK(entries().size() == 1);
}

TEST_CASE_FIXTURE(RelayCase, "entries that MediaMTX has lost are added again") {
    publish("c1");
    REQUIRE(t->media->delete_path_config("live/drone1"));
    tick();
    CHECK(entries().size() == 1);
}

TEST_CASE_FIXTURE(RelayCase, "only relay entries that a dead program has left are removed") {
    MediaPathConfig left;
    left.source = "rtsp://relay:old@127.0.0.1:8554/" + secret_path;
    MediaPathConfig camera;
    camera.source = "rtsp://camera:password@10.0.0.7/stream";
    REQUIRE(t->media->add_path_config("live/drone1", left));
    REQUIRE(t->media->add_path_config("live/camera", camera));
    tick();
    REQUIRE(entries().size() == 1);
    CHECK(entries()[0].name == "live/camera");
}

TEST_CASE_FIXTURE(RelayCase, "an entry of the owner for the public path pulls while it is needed") {
    MediaPathConfig own;
    own.source = "publisher";
    own.source_on_demand = false;
    own.rtsp_transport = "udp";
    own.recording = MediaRecording{true, {}};
    REQUIRE(t->media->add_path_config("live/drone1", own));
    publish("c1");
    tick();
    const auto changed = t->media->find_path_config("live/drone1").value();
    CHECK(changed.source.starts_with("rtsp://relay-borrowed:"));
    CHECK(changed.source.ends_with(secret_path));
    CHECK_FALSE(changed.source_on_demand);  // because it records
    CHECK(changed.rtsp_transport == "tcp");
    REQUIRE(t->live().size() == 1);
    CHECK_FALSE(t->live()[0].not_playable_reason);

    t->media->disconnect({"c1"});
    REQUIRE((*t)->source_unavailable({secret_path, "rtmpConn", ConnectionId{"c1"}}));
    const auto restored = t->media->find_path_config("live/drone1").value();
    CHECK(restored.source == "publisher");
    CHECK(restored.rtsp_transport == "udp");
    tick();
    CHECK(entries().size() == 1);
}

TEST_CASE_FIXTURE(RelayCase, "an entry of the owner that a dead program has left is restored") {
    MediaPathConfig left;
    left.source = "rtsp://relay-borrowed:old@127.0.0.1:8554/" + secret_path;
    REQUIRE(t->media->add_path_config("live/drone1", left));
    tick();
    const auto restored = t->media->find_path_config("live/drone1").value();
    CHECK(restored.source == "publisher");
    CHECK_FALSE(restored.source_on_demand);
}

TEST_CASE_FIXTURE(RelayCase, "a device that cannot be relayed says why") {
    MediaPathConfig camera;
    camera.source = "rtsp://camera:password@10.0.0.7/stream";
    REQUIRE(t->media->add_path_config("live/drone1", camera));
    publish("c1");
    tick();
    CHECK(t->media->find_path_config("live/drone1").value().source == camera.source);
    REQUIRE(t->live().size() == 1);
    const std::string reason = "MediaMTX's own entry for this path pulls another source.";
    CHECK(t->live()[0].not_playable_reason == reason);
    const auto notes = (*t)->find_node("default").value().path_notes;
    REQUIRE(notes.size() == 1);
    CHECK(notes[0] == PathNote{"live/drone1", PathNoteKind::kNotPlayable, reason});
    REQUIRE(t->media->delete_path_config("live/drone1"));
    tick();
    CHECK_FALSE(t->live()[0].not_playable_reason);
    CHECK(entries().size() == 1);
}

TEST_CASE_FIXTURE(RelayCase, "revoking removes the device and its public path") {
    publish("c1");
    CHECK((*t)->revoke_stream_key(key.key.id, t->caller)->cutoff.kicked == 1);
    tick();
    CHECK(entries().empty());
    CHECK(t->live().empty());
}

TEST_CASE_FIXTURE(RelayCase, "a takeover by a device that sends a credential ends the relay") {
    publish("c1");
    StreamKeyPatch patch;
    patch.policies.on_duplicate = OnDuplicate::kTakeover;
    REQUIRE((*t)->update_stream_key(key.key.id, patch, t->caller));
    REQUIRE(t->publish(key, "c2"));
    tick(3);
    CHECK(entries().empty());
    REQUIRE(t->live().size() == 1);
    CHECK(t->live()[0].source_id == ConnectionId{"c2"});
}

TEST_CASE_FIXTURE(RelayCase, "only the relay may read the secret path") {
    publish("c1");
    const std::string source = entries()[0].source;
    const std::string password = source.substr(13, source.find('@') - 13);
    CHECK((*t)->may_read({secret_path, "relay", Secret(password)}));
    CHECK_FALSE((*t)->may_read({secret_path, "", Secret()}));
    CHECK_FALSE((*t)->may_read({secret_path, "relay", Secret("x")}));
    CHECK_FALSE((*t)->may_read({secret_path, "viewer", Secret(password)}));
    CHECK((*t)->may_read({"live/drone1", "", Secret()}));
    // Each key has another password.
    const auto other = generate_key_value(system_random());
    CHECK_FALSE((*t)->may_read({other.reveal(), "relay", Secret(password)}));

    settings.legacy_path_keys = LegacyPathKeys::kExpose;
    TestOrchestrator exposing(settings);
    CHECK(exposing->may_read({secret_path, "", Secret()}));
}

TEST_CASE_FIXTURE(RelayCase,
                  "the number of viewers is that of the public path, without the relay itself") {
    publish("c1");
    t->media->add_reader(secret_path, "rtspSession", {"relay"});
    t->media->receive_bytes(secret_path, 1'000);
    tick();
    const auto id = t->live()[0].id;
    CHECK((*t)->stream_figures(id)->readers.empty());
}

TEST_CASE_FIXTURE(RelayCase,
                  "when MediaMTX records, a device is pulled and recorded at its public path") {
    MediaRecording recording;
    recording.enabled = true;
    recording.settings = *JsonObject::parse(R"({"record":true,"recordPath":"/rec/%path/%s"})");
    t->media->set_default_recording(recording);
    publish("c1");
    auto entry = t->media->find_path_config("live/drone1").value();
    CHECK_FALSE(entry.source_on_demand);
    CHECK(entry.recording == recording);
    t->media->receive_bytes(secret_path, 1'000);
    tick();
    CHECK(entries().size() == 1);

    // An edit of the file switches recording off.
    t->media->set_default_recording({});
    tick();
    tick();
    entry = t->media->find_path_config("live/drone1").value();
    CHECK(entry.source_on_demand);
    CHECK(entry.recording == MediaRecording{});

    t->media->disconnect({"c1"});
    REQUIRE((*t)->source_unavailable({secret_path, "rtmpConn", ConnectionId{"c1"}}));
    CHECK(entries().empty());
}

TEST_CASE_FIXTURE(RelayCase, "nothing is recorded at a public path when MediaMTX records nothing") {
    publish("c1");
    const auto entry = t->media->find_path_config("live/drone1").value();
    CHECK(entry.source_on_demand);
    REQUIRE(entry.recording);
    CHECK_FALSE(entry.recording->enabled);
}

TEST_CASE("an old key whose path is a reserved name does not change MediaMTX's entry") {
    auto settings = TestOrchestrator::default_settings();
    settings.relay_secret = Secret("installation");
    auto storage = TestOrchestrator::open_memory();
    const Secret value = generate_key_value(system_random());
    const auto audit = [] {
        AuditEntry entry;
        entry.id = AuditEntryId(make_uuid(Timestamp{}, system_random()));
        return entry;
    };
    Broadcaster broadcaster;
    broadcaster.id = BroadcasterId(Uuid::parse("018f0000-0000-7000-8000-000000000001").value());
    broadcaster.display_name = "Rescue 1";
    StreamKey key;
    key.id = StreamKeyId(Uuid::parse("018f0000-0000-7000-8000-000000000002").value());
    key.broadcaster_id = broadcaster.id;
    key.playback_path = "all_others";
    REQUIRE(storage->create_broadcaster(broadcaster, audit()));
    REQUIRE(storage->create_stream_key({key, digest_key_value(value.reveal())}, audit()));
    TestOrchestrator t(std::move(storage), settings);
    CHECK(t->list_stream_keys().value().items.size() == 1);

    MediaPathConfig everybody;
    everybody.source = "publisher";
    REQUIRE(t.media->add_path_config("all_others", everybody));
    const auto other = t.key("live/other");
    REQUIRE(t.publish(other, "c1"));

    CHECK(t.ask({key, value}, "c2").refusal == PublishRefusal::kInvalidPath);
    PublishRequest request;
    request.path = value.reveal();
    request.protocol = Protocol::kRtmp;
    request.connection = ConnectionId{"c3"};
    REQUIRE(t->decide_publish(request).value().accepted());
    t.media->publish(ConnectionKind::kRtmp, {"c3"}, value.reveal());
    REQUIRE(t->source_available({value.reveal(), "rtmpConn", ConnectionId{"c3"}}));
    t->tick();
    t.media->disconnect({"c3"});
    REQUIRE(t->source_unavailable({value.reveal(), "rtmpConn", ConnectionId{"c3"}}));
    t->tick();
    const auto entries = t.media->list_path_configs().value();
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].name == "all_others");
    CHECK(entries[0].source == "publisher");
    REQUIRE(t.media->find_path("live/other"));
}
