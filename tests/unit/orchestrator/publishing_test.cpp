#include <doctest/doctest.h>

#include <thread>

#include "orchestrator/hook_gate.hpp"
#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

PublishDecision ask_at(TestOrchestrator& t, const CreatedStreamKey& key, const std::string& path,
                       const std::string& connection) {
    CreatedStreamKey elsewhere{key.key, key.value};
    elsewhere.key.playback_path = path;
    return t.ask(elsewhere, connection);
}

}  // namespace

TEST_CASE("with PATH_MISMATCH=adopt a free path becomes that of the key whose encoder uses it") {
    auto settings = TestOrchestrator::default_settings();
    settings.path_mismatch = PathMismatch::kAdopt;
    settings.helper_paths = {"cam/*"};
    settings.ignore_paths = {"other/*"};
    TestOrchestrator t(settings);
    t->start();
    const auto key = t.key("live/own");
    const auto other = t.key("live/other");
    // A path is only adopted while all changes of keys are known, which takes some milliseconds.
    const auto adopts = [&](const CreatedStreamKey& of, const std::string& path,
                            const std::string& connection) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (std::chrono::steady_clock::now() < until) {
            if (ask_at(t, of, path, connection).accepted()) return true;
            std::this_thread::yield();
        }
        return false;
    };
    REQUIRE(adopts(key, "field/drone", "c1"));
    CHECK(t->find_stream_key(key.key.id).value().playback_path == "field/drone");
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, "field/drone");
    t->tick();
    REQUIRE(t.live().size() == 1);
    CHECK(t.live()[0].path == "field/drone");

    REQUIRE(adopts(other, "field/first", "c3"));
    // A key that is in use keeps its path.
    for (const char* path : {"field/elsewhere", "field/first", "live/own"}) {
        CAPTURE(path);
        CHECK(ask_at(t, key, path, "c2").refusal == PublishRefusal::kWrongPath);
    }
    CHECK(t->find_stream_key(key.key.id).value().playback_path == "field/drone");
    t->stop();
}

TEST_CASE("with PATH_MISMATCH=adopt neither reserved paths nor those of others are taken") {
    auto settings = TestOrchestrator::default_settings();
    settings.path_mismatch = PathMismatch::kAdopt;
    settings.helper_paths = {"cam/*"};
    settings.ignore_paths = {"other/*"};
    TestOrchestrator t(settings);
    t->start();
    const auto key = t.key("live/own");
    t.key("live/other");
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    bool adopted = false;
    while (!adopted && std::chrono::steady_clock::now() < until) {
        // Each time before the one path that can be taken.
        for (const char* path : {"live/other", "cam/1", "other/1", "all", "all_others", "~x"}) {
            CAPTURE(path);
            CHECK_FALSE(ask_at(t, key, path, "c1").accepted());
        }
        adopted = ask_at(t, key, "live/free", "c1").accepted();
    }
    CHECK(adopted);
    t->stop();
}

TEST_CASE("a valid key is accepted at its own path and nowhere else") {
    TestOrchestrator t;
    const auto key = t.key();
    CHECK(t.ask(key, "c1").accepted());
    PublishRequest elsewhere;
    elsewhere.path = "live/other";
    elsewhere.password = key.value;
    elsewhere.connection = ConnectionId{"c2"};
    CHECK(t->decide_publish(elsewhere)->refusal == PublishRefusal::kWrongPath);
}

TEST_CASE("an accepted publisher is listed once it is ready, and no longer when it has left") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.ask(key, "c1").accepted());
    CHECK(t.live().empty());
    REQUIRE(t.publish(key, "c1"));
    REQUIRE(t->source_available({"live/drone1", "rtmpConn", ConnectionId{"c1"}}));
    REQUIRE(t.live().size() == 1);
    CHECK(t.live().front().path == "live/drone1");

    t.media->disconnect({"c1"});
    REQUIRE(t->source_unavailable({"live/drone1", "rtmpConn", ConnectionId{"c1"}}));
    CHECK(t.live().empty());
    REQUIRE(t.events.size() == 2);
    CHECK(t.events[0].type == EventType::kStreamStarted);
    CHECK(t.events[1].type == EventType::kStreamEnded);
    CHECK(t.publish(key, "c2"));
}

TEST_CASE("a key value as a path is listed only if exposed, and only while the stream lives") {
    auto settings = TestOrchestrator::default_settings();
    settings.legacy_path_keys = LegacyPathKeys::kExpose;
    TestOrchestrator t(settings);
    const auto key = t.key();
    PublishRequest request;
    request.path = key.value.reveal();
    request.connection = ConnectionId{"c1"};
    request.protocol = Protocol::kRtmp;
    REQUIRE(t->decide_publish(request)->accepted());
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, request.path);
    REQUIRE(t->source_available({request.path, "rtmpConn", ConnectionId{"c1"}}));
    REQUIRE(t.live().size() == 1);
    CHECK(t.live().front().path == key.value.reveal());
    const StreamId id = t.live().front().id;
    t.media->disconnect({"c1"});
    REQUIRE(t->source_unavailable({request.path, "rtmpConn", ConnectionId{"c1"}}));
    CHECK(t->find_stream(id)->path == "live/drone1");
}

TEST_CASE("keys as paths can be switched off") {
    auto settings = TestOrchestrator::default_settings();
    settings.legacy_path_keys = LegacyPathKeys::kDeny;
    TestOrchestrator t(settings);
    const auto key = t.key();
    PublishRequest request;
    request.path = key.value.reveal();
    request.connection = ConnectionId{"c1"};
    CHECK(t->decide_publish(request)->refusal == PublishRefusal::kPathKeysDenied);
    CHECK(t.ask(key, "c1").accepted());
}

TEST_CASE("a second publisher is refused while the first one has the key, whatever its state") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.ask(key, "c1").accepted());
    CHECK(t.ask(key, "c2").refusal == PublishRefusal::kInUse);
    REQUIRE(t.publish(key, "c1"));
    CHECK(t.ask(key, "c2").refusal == PublishRefusal::kInUse);
    CHECK(t.ask(key, "c1").accepted());
}

TEST_CASE("a reservation that never becomes live frees the key after its timeout") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.ask(key, "c1").accepted());
    t.clock.advance(seconds(30));
    CHECK(t.ask(key, "c2").refusal == PublishRefusal::kInUse);
    t.clock.advance(seconds(1));
    CHECK(t.ask(key, "c2").accepted());
}

TEST_CASE("with takeover the new connection gets the stream, and the old one is cut off") {
    auto settings = TestOrchestrator::default_settings();
    settings.on_duplicate = OnDuplicate::kTakeover;
    TestOrchestrator t(settings);
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    const StreamId id = t.live().front().id;
    REQUIRE(t.publish(key, "c2"));
    REQUIRE(t->source_unavailable({"live/drone1", "rtmpConn", ConnectionId{"c1"}}));
    REQUIRE(t.live().size() == 1);
    CHECK(t.live().front().id == id);
    CHECK(t.live().front().generation == 2);
    CHECK(t.live().front().source_id == ConnectionId{"c2"});
}

TEST_CASE("a takeover is known from the first of its two reports, whichever it is") {
    auto settings = TestOrchestrator::default_settings();
    settings.on_duplicate = OnDuplicate::kTakeover;
    TestOrchestrator t(settings);
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    REQUIRE(t.ask(key, "c2").accepted());
    t.media->publish(ConnectionKind::kRtmp, {"c2"}, "live/drone1");
    SUBCASE("the end of the old source") {
        REQUIRE(t->source_unavailable({"live/drone1", "rtmpConn", ConnectionId{"c1"}}));
    }
    SUBCASE("the end of the source of that path, without an id") {
        REQUIRE(t->source_unavailable({"live/drone1", std::nullopt, std::nullopt}));
    }
    SUBCASE("the new source") {
        REQUIRE(t->source_available({"live/drone1", "rtmpConn", ConnectionId{"c2"}}));
    }
    REQUIRE(t.live().size() == 1);
    CHECK(t.live().front().source_id == ConnectionId{"c2"});
    CHECK(t.live().front().generation == 2);
}

TEST_CASE("a publisher that another connection displaced at another path is kicked") {
    auto settings = TestOrchestrator::default_settings();
    settings.on_duplicate = OnDuplicate::kTakeover;
    TestOrchestrator t(settings);
    const auto key = t.key();
    const std::string secret_path = key.value.reveal();
    PublishRequest legacy;
    legacy.path = secret_path;
    legacy.connection = ConnectionId{"c1"};
    legacy.protocol = Protocol::kRtmp;
    REQUIRE(t->decide_publish(legacy)->accepted());
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, secret_path);
    REQUIRE(t->source_available({secret_path, "rtmpConn", ConnectionId{"c1"}}));
    REQUIRE(t.publish(key, "c2"));
    t->tick();
    t->tick();
    CHECK_FALSE(t.media->find_path(secret_path));
    REQUIRE(t.live().size() == 1);
    CHECK(t.live().front().source_id == ConnectionId{"c2"});
}

TEST_CASE("an unknown, revoked or expired key is refused with its own reason") {
    TestOrchestrator t;
    const auto key = t.key();
    CreatedStreamKey unknown = key;
    unknown.value = generate_key_value(system_random());
    CHECK(t.ask(unknown, "c1").refusal == PublishRefusal::kUnknownKey);

    NewStreamKey short_lived;
    short_lived.broadcaster_id = key.key.broadcaster_id;
    short_lived.expires_at = t.clock.now() + seconds(10);
    const auto expiring = t->create_stream_key(short_lived, t.caller).value();
    t.clock.advance(seconds(10));
    CHECK(t.ask(expiring, "c1").refusal == PublishRefusal::kExpired);

    REQUIRE(t->revoke_stream_key(key.key.id, t.caller));
    CHECK(t.ask(key, "c1").refusal == PublishRefusal::kRevoked);
}

TEST_CASE("a request without a connection id claims nothing") {
    TestOrchestrator t;
    const auto key = t.key();
    PublishRequest page;
    page.path = "live/drone1";
    page.token = key.value;
    CHECK(t->decide_publish(page)->accepted());
    CHECK(t.ask(key, "c1").accepted());
    CHECK(t->decide_publish(page)->accepted());
}

TEST_CASE("reports about unknown paths, other connections or revoked keys start no stream") {
    TestOrchestrator t;
    const auto key = t.key();
    t.media->publish(ConnectionKind::kRtmp, {"x"}, "live/nobody");
    REQUIRE(t->source_available({"live/nobody", "rtmpConn", ConnectionId{"x"}}));
    t.media->publish(ConnectionKind::kRtmp, {"x"}, "live/drone1");
    REQUIRE(t->source_available({"live/drone1", "rtmpConn", ConnectionId{"x"}}));
    REQUIRE(t.ask(key, "c1").accepted());
    REQUIRE(t->source_available({"live/drone1", "rtmpConn", ConnectionId{"x"}}));
    CHECK(t.live().empty());
    REQUIRE(t->revoke_stream_key(key.key.id, t.caller));
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, "live/drone1");
    REQUIRE(t->source_available({"live/drone1", "rtmpConn", ConnectionId{"c1"}}));
    CHECK(t.live().empty());
}

TEST_CASE("a ready report that the media server does not confirm starts no stream") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.ask(key, "c1").accepted());
    const SourceReport report{"live/drone1", "rtmpConn", ConnectionId{"c1"}};
    // After this time the media server is checked again.
    const auto pass = [&] { t.clock.advance(HookGate::kPause); };
    REQUIRE(t->source_available(report));
    CHECK(t.live().empty());
    t.media->publish(ConnectionKind::kRtmp, {"somebody-else"}, "live/drone1");
    pass();
    REQUIRE(t->source_available(report));
    pass();
    REQUIRE(t->source_available({"live/drone1", {}, {}}));
    pass();
    CHECK(t.live().empty());
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, "live/drone1");
    t.media->set_down(true);
    REQUIRE(t->source_available(report));
    CHECK(t.live().empty());
    pass();
    t.media->set_down(false);
    REQUIRE(t->source_available({"live/drone1", "a lie", {}}));
    REQUIRE(t.live().size() == 1);
    CHECK(t.live().front().source_id == ConnectionId{"c1"});
    CHECK(t.live().front().source_type == "rtmpConn");
}

TEST_CASE("a not-ready report with only the path is checked against the media server's list") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    SUBCASE("the source is still there: a late report about an earlier one") {
        REQUIRE(t->source_unavailable({"live/drone1", std::nullopt, std::nullopt}));
        CHECK(t.live().size() == 1);
    }
    SUBCASE("the source is gone") {
        t.media->disconnect({"c1"});
        REQUIRE(t->source_unavailable({"live/drone1", std::nullopt, std::nullopt}));
        CHECK(t.live().empty());
    }
    SUBCASE("the media server does not answer: the next poll decides") {
        t.media->disconnect({"c1"});
        t.media->set_down(true);
        REQUIRE(t->source_unavailable({"live/drone1", std::nullopt, std::nullopt}));
        CHECK(t.live().size() == 1);
        t.media->set_down(false);
        t->tick();
        t->tick();
        CHECK(t.live().empty());
    }
}

TEST_CASE("polls find what lost reports would have reported") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.ask(key, "c1").accepted());
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, "live/drone1");
    t->tick();
    REQUIRE(t.live().size() == 1);
    CHECK(t.live().front().observed_by == ObservedBy::kReconciler);
    t.media->disconnect({"c1"});
    t->tick();
    CHECK(t.live().size() == 1);
    t->tick();
    CHECK(t.live().empty());
    CHECK(t.events.back().stream.end_reason == EndReason::kLost);
}

TEST_CASE("a media server that cannot be reached ends no stream") {
    TestOrchestrator t;
    REQUIRE(t.publish(t.key(), "c1"));
    t.media->set_down(true);
    for (int i = 0; i < 5; ++i) t->tick();
    CHECK(t.live().size() == 1);
    CHECK_FALSE(t->health().media_server_reachable);
    t.media->set_down(false);
    t->tick();
    CHECK(t.live().size() == 1);
    CHECK(t->health().media_server_reachable);
}

TEST_CASE("the thread of a started orchestrator polls by itself") {
    auto settings = TestOrchestrator::default_settings();
    settings.poll_interval = std::chrono::milliseconds(5);
    TestOrchestrator t(settings);
    const auto key = t.key();
    REQUIRE(t.ask(key, "c1").accepted());
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, "live/drone1");
    t->start();
    const auto deadline = std::chrono::steady_clock::now() + seconds(10);
    while (t.live().empty() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    t->stop();
    CHECK(t.live().size() == 1);
}
