// Programs that the media server starts itself, and paths that belong to somebody else.
#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "rescuestream/storage.hpp"
#include "support/helper_credential.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_orchestrator.hpp"

namespace helpers_test {

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

OrchestratorSettings with_helpers() {
    auto settings = TestOrchestrator::default_settings();
    settings.control_secret = Secret("a control secret of a test");
    settings.helper_paths = {"cam/**"};
    settings.ignore_paths = {"other/*"};
    return settings;
}

// An installation as it is when HELPER_PATHS gets a pattern that matches the path of a key.
std::unique_ptr<Storage> storage_with_key(const std::string& file, const std::string& path,
                                          std::optional<Timestamp> expires_at = std::nullopt) {
    auto storage = open_storage("sqlite:" + file);
    REQUIRE(storage);
    REQUIRE((*storage)->migrate(std::nullopt, Timestamp{}));
    TestOrchestrator before(*std::move(storage), TestOrchestrator::default_settings());
    NewStreamKey input;
    input.broadcaster_id = before.broadcaster().id;
    input.playback_path = path;
    input.expires_at = expires_at;
    REQUIRE(before->create_stream_key(input, before.caller));
    before.orchestrator.reset();
    return open_storage("sqlite:" + file).value();
}

struct HelperCase {
    explicit HelperCase(std::unique_ptr<Storage> storage = TestOrchestrator::open_memory())
        : t(std::move(storage), with_helpers()) {
        t->start();
        // Until the keys have been read, no helper is accepted.
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!ask("cam/probe").accepted() && std::chrono::steady_clock::now() < until) {
            std::this_thread::yield();
        }
        t->stop();
    }

    PublishDecision ask(const std::string& path, const std::string& address = "127.0.0.1",
                        std::optional<Secret> password = std::nullopt) {
        PublishRequest request;
        request.path = path;
        request.user = std::string(kHelperUser);
        request.password =
            password.value_or(helper_password(Secret("a control secret of a test"), "default"));
        request.protocol = Protocol::kRtsp;
        request.connection = ConnectionId{"h1"};
        request.remote_address = address;
        return t->decide_publish(request).value();
    }

    void publish(const std::string& id, const std::string& path, const std::string& address) {
        t.media->connect(ConnectionKind::kRtmp, {id}, address);
        t.media->publish(ConnectionKind::kRtmp, {id}, path);
    }

    bool stays(const std::string& path) {
        for (int i = 0; i < 4; ++i) {
            t.clock.advance(std::chrono::seconds(1));
            t->tick();
        }
        const auto found = t.media->find_path(path);
        return found && found->ready;
    }

    StreamKeyId only_key() { return t->list_stream_keys({}, {}).value().items.at(0).id; }

    // What was written is in memory soon afterwards.
    bool becomes_refused(const std::string& path, bool refused) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (ask(path).accepted() == refused && std::chrono::steady_clock::now() < until) {
            std::this_thread::yield();
        }
        return ask(path).accepted() != refused;
    }

    TestOrchestrator t;
};

struct OwnedPathCase : private TemporaryDirectory, HelperCase {
    OwnedPathCase() : HelperCase(storage_with_key(file("rescue.db"), "cam/key")) {}
};

}  // namespace

TEST_CASE_FIXTURE(HelperCase, "a helper is accepted from its own machine at a configured path") {
    CHECK(ask("cam/1").accepted());
    CHECK(ask("cam/1/low", "::1").accepted());
    CHECK(ask("cam/1", "127.0.0.1", Secret("wrong")).refusal == PublishRefusal::kUnknownKey);
    CHECK(ask("cam/1", "127.0.0.1", Secret()).refusal == PublishRefusal::kUnknownKey);
    CHECK(ask("cam/1", "192.0.2.7").refusal == PublishRefusal::kHelperNotLocal);
    CHECK(ask("live/x").refusal == PublishRefusal::kHelperPath);
    CHECK(ask("other/x").refusal == PublishRefusal::kHelperPath);
}

TEST_CASE_FIXTURE(HelperCase, "no key can be created for a path of helpers") {
    NewStreamKey input;
    input.broadcaster_id = t.broadcaster().id;
    input.playback_path = "cam/key";
    const auto refused = t->create_stream_key(input, t.caller);
    REQUIRE_FALSE(refused);
    REQUIRE(refused.error().fields.size() == 1);
    CHECK(refused.error().fields[0].pointer == "/playback_path");
    CHECK(refused.error().fields[0].detail.find("HELPER_PATHS") != std::string::npos);
    CHECK(t->list_stream_keys({}, {}).value().items.empty());
    publish("h1", "cam/key", "127.0.0.1:50000");
    CHECK(stays("cam/key"));
}

TEST_CASE_FIXTURE(OwnedPathCase,
                  "a key that existed before its path became one of helpers keeps it") {
    t->start();
    CHECK(becomes_refused("cam/key", true));
    CHECK(ask("cam/key").refusal == PublishRefusal::kHelperPath);
    CHECK(ask("cam/other").accepted());
    t->stop();
    publish("x1", "cam/key", "127.0.0.1:50001");
    CHECK_FALSE(stays("cam/key"));
}

TEST_CASE_FIXTURE(OwnedPathCase, "a revoked key keeps no helper away from its path") {
    t->start();
    CHECK(becomes_refused("cam/key", true));
    REQUIRE(t->revoke_stream_key(only_key(), t.caller));
    CHECK(becomes_refused("cam/key", false));
    t->stop();
    publish("h1", "cam/key", "127.0.0.1:50001");
    CHECK(stays("cam/key"));
}

TEST_CASE_FIXTURE(OwnedPathCase, "an expired key keeps no helper away from its path") {
    t->start();
    CHECK(becomes_refused("cam/key", true));
    StreamKeyPatch patch;
    patch.expires_at = t.clock.now() + std::chrono::minutes(5);
    REQUIRE(t->update_stream_key(only_key(), patch, t.caller));
    t.clock.advance(std::chrono::minutes(6));
    CHECK(becomes_refused("cam/key", false));
    t->stop();
    publish("h1", "cam/key", "127.0.0.1:50001");
    CHECK(stays("cam/key"));
}

TEST_CASE_FIXTURE(HelperCase, "helpers of another node have another credential") {
    const Secret secret("a control secret of a test");
    CHECK_FALSE(
        helper_password(secret, "north").equals(helper_password(secret, "default").reveal()));
    CHECK(ask("cam/1", "127.0.0.1", helper_password(secret, "north")).refusal ==
          PublishRefusal::kUnknownKey);
}

TEST_CASE_FIXTURE(HelperCase, "a helper stays although no program remembers that it was accepted") {
    publish("h1", "cam/1", "127.0.0.1:50000");
    publish("h2", "cam/2", "[::1]:50001");
    CHECK(stays("cam/1"));
    CHECK(stays("cam/2"));
    CHECK(t.live().empty());
    const auto notes = t->find_node("default").value().path_notes;
    REQUIRE(notes.size() == 2);
    CHECK(notes[0] == PathNote{"cam/1", PathNoteKind::kHelper, "HELPER_PATHS"});
}

TEST_CASE_FIXTURE(HelperCase, "a publisher from another machine at a helper path is removed") {
    publish("x1", "cam/1", "192.0.2.7:50000");
    CHECK_FALSE(stays("cam/1"));
}

TEST_CASE_FIXTURE(HelperCase, "a publisher of this machine at any other path is removed") {
    publish("x1", "live/1", "127.0.0.1:50000");
    CHECK_FALSE(stays("live/1"));
}

TEST_CASE_FIXTURE(HelperCase, "a publisher at an ignored path stays and is not listed") {
    publish("o1", "other/1", "192.0.2.7:50000");
    publish("o2", "other/1/deeper", "192.0.2.7:50001");
    CHECK(stays("other/1"));
    CHECK_FALSE(stays("other/1/deeper"));
    CHECK(t.live().empty());
    const auto notes = t->find_node("default").value().path_notes;
    REQUIRE(notes.size() == 1);
    CHECK(notes[0] == PathNote{"other/1", PathNoteKind::kIgnored, "IGNORE_PATHS"});
    NewStreamKey input;
    input.broadcaster_id = t.broadcaster().id;
    input.playback_path = "other/2";
    const auto refused = t->create_stream_key(input, t.caller);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fields[0].pointer == "/playback_path");
}

}  // namespace helpers_test
