// Devices that can only send a path: listed and watched at their key's public path.
#include <doctest/doctest.h>

#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

struct RelayCase {
    RelayCase() {
        settings.relay_secret = Secret("installation");
        settings.relay_address = "rtsp://127.0.0.1:8554";
        t = std::make_unique<TestOrchestrator>(settings);
        key = (*t)->create_stream_key({t->broadcaster().id, "", "live/drone1", {}, {}, {}, {}, {}},
                                      t->caller)
                  .value();
        secret_path = key.value.reveal();
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

}  // namespace

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
    // A poll finds it live as well.
    t->media->receive_bytes(secret_path, 1'000);
    tick(3);
    CHECK(t->live().size() == 1);
    CHECK(entries().size() == 1);
}

TEST_CASE_FIXTURE(RelayCase, "without hooks a poll offers the public path and takes it back") {
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

TEST_CASE_FIXTURE(RelayCase, "the public path goes with its source") {
    publish("c1");
    t->media->disconnect({"c1"});
    REQUIRE((*t)->source_unavailable({secret_path, "rtmpConn", ConnectionId{"c1"}}));
    CHECK(entries().empty());
    CHECK(t->live().empty());
}

TEST_CASE_FIXTURE(RelayCase, "a relay that has no viewers any more ends nothing") {
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

TEST_CASE_FIXTURE(RelayCase, "what a program that died has left is removed, and nothing else") {
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

TEST_CASE_FIXTURE(RelayCase, "revoking removes the device and its public path") {
    publish("c1");
    CHECK((*t)->revoke_stream_key(key.key.id, t->caller)->cutoff.kicked == 1);
    tick();
    CHECK(entries().empty());
    CHECK(t->live().empty());
}

TEST_CASE_FIXTURE(RelayCase, "a takeover by a device that proves itself properly ends the relay") {
    publish("c1");
    StreamKeyPatch patch;
    patch.on_duplicate = OnDuplicate::kTakeover;
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
    // Each key has another one.
    const auto other = generate_key_value(system_random());
    CHECK_FALSE((*t)->may_read({other.reveal(), "relay", Secret(password)}));

    settings.legacy_path_keys = LegacyPathKeys::kExpose;
    TestOrchestrator exposing(settings);
    CHECK(exposing->may_read({secret_path, "", Secret()}));
}

TEST_CASE_FIXTURE(RelayCase, "viewers are those of the public path, without the relay itself") {
    publish("c1");
    t->media->add_reader(secret_path, "rtspSession", {"relay"});
    t->media->receive_bytes(secret_path, 1'000);
    tick();
    const auto id = t->live()[0].id;
    CHECK((*t)->stream_figures(id)->readers.empty());
}
