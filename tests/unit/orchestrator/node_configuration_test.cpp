// What a media server's own configuration means: takeovers, relays.
#include "orchestrator/node_configuration.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

#include "rescuestream/logger.hpp"
#include "support/test_orchestrator.hpp"

namespace node_configuration_test {

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

MediaPathSettings entry(const std::string& name, bool override_publisher,
                        const std::string& source = "publisher") {
    MediaPathSettings settings;
    settings.name = name;
    settings.source = source;
    settings.override_publisher = override_publisher;
    return settings;
}

MediaConfiguration configuration_with(std::vector<MediaPathSettings> entries,
                                      bool override_by_default = true) {
    MediaConfiguration configuration;
    configuration.path_defaults.override_publisher = override_by_default;
    configuration.paths = std::move(entries);
    return configuration;
}

/// Counts requests for the settings.
class CountingMediaServer final : public FakeMediaServer {
public:
    using FakeMediaServer::FakeMediaServer;
    Result<MediaConfiguration> configuration() override {
        ++asked;
        return FakeMediaServer::configuration();
    }
    int asked = 0;
};

class CountingLogger final : public Logger {
public:
    void log(LogLevel level, std::string_view message,
             std::initializer_list<LogField> /*fields*/) noexcept override {
        if (level == LogLevel::kWarning && message.find("take over") != std::string_view::npos) {
            ++warnings;
        }
    }
    int warnings = 0;
};

void run_rounds(TestOrchestrator& t, int seconds) {
    for (int i = 0; i < seconds; ++i) {
        t.clock.advance(std::chrono::seconds(1));
        const auto paths = t.media->list_paths().value();
        for (const auto& path : paths) t.media->receive_bytes(path.name, 1'000);
        t->tick();
    }
}

}  // namespace

TEST_CASE("an entry that refuses a second publisher is told with its name, defaults with theirs") {
    const auto own =
        without_takeover(configuration_with({entry("all_others", true), entry("cam1", false)}));
    CHECK(own.entries == std::set<std::string>{"cam1"});
    REQUIRE(takeover_notes(own).size() == 1);
    CHECK(takeover_notes(own)[0].path == "cam1");
    CHECK(takeover_notes(own)[0].kind == PathNoteKind::kNoTakeover);
    CHECK(takeover_notes(own)[0].reason.find("overridePublisher") != std::string::npos);
    const auto inherited = without_takeover(
        configuration_with({entry("all_others", false), entry("cam1", false)}, false));
    REQUIRE(takeover_notes(inherited).size() == 1);
    CHECK(takeover_notes(inherited)[0].path == "pathDefaults");
}

TEST_CASE("a source that MediaMTX pulls itself has no publisher that could be taken over") {
    const auto pulled =
        without_takeover(configuration_with({entry("cam1", false, "rtsp://10.0.0.9/1")}));
    CHECK(pulled == WithoutTakeover{});
    CHECK(takeover_notes(pulled).empty());
}

TEST_CASE("node and stream say that no encoder can take over") {
    TestOrchestrator t;
    t.media->set_configuration(
        configuration_with({entry("all_others", true), entry("live/drone1", false)}));
    REQUIRE(t.publish(t.key("live/drone1"), "c1"));
    REQUIRE(t.publish(t.key("live/drone2"), "c2"));
    run_rounds(t, 2);
    const auto notes = t->find_node("default").value().path_notes;
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].path == "live/drone1");
    for (const auto& stream : t.live()) {
        CHECK(stream.note.has_value() == (stream.path == "live/drone1"));
        CHECK(stream.playable == true);
    }
    t.media->set_configuration(configuration_with({entry("all_others", true)}));
    run_rounds(t, 61);
    CHECK(t->find_node("default").value().path_notes.empty());
    CHECK_FALSE(t.live().at(0).note);
}

TEST_CASE("the settings are read once a minute, and at once after a restart of the media server") {
    ManualClock clock;
    CountingMediaServer server(clock);
    CountingLogger logger;
    server.set_configuration(configuration_with({entry("all_others", false)}, false));
    const OrchestratorSettings of_installation;
    NodeConfiguration settings(server, clock, logger, "default", of_installation);
    for (int second = 0; second < 60; ++second) {
        settings.refresh(false);
        CHECK(settings.without_takeover().is_inherited);
        clock.advance(std::chrono::seconds(1));
    }
    CHECK(server.asked == 1);
    settings.refresh(false);
    CHECK(server.asked == 2);
    settings.refresh(true);
    CHECK(server.asked == 3);
    CHECK(logger.warnings == 1);
}

TEST_CASE("a failed request leaves what was known") {
    ManualClock clock;
    CountingMediaServer server(clock);
    CountingLogger logger;
    server.set_configuration(configuration_with({entry("cam1", false)}));
    const OrchestratorSettings of_installation;
    NodeConfiguration settings(server, clock, logger, "default", of_installation);
    settings.refresh(false);
    CHECK(settings.without_takeover().entries.size() == 1);
    server.set_down(true);
    clock.advance(std::chrono::minutes(2));
    settings.refresh(false);
    CHECK(settings.without_takeover().entries.size() == 1);
    CHECK(logger.warnings == 1);
}

TEST_CASE("a relay cannot pull if RTSP is off, or listens elsewhere than it pulls from") {
    constexpr const char* kRelay = "rtsp://127.0.0.1:8554";
    const auto with_rtsp = [](bool enabled, const std::string& address) {
        MediaConfiguration configuration;
        configuration.services.push_back({"rtsp", enabled, address});
        return configuration;
    };
    CHECK_FALSE(relay_obstacle(MediaConfiguration{}, kRelay));
    for (const char* address : {":8554", "0.0.0.0:8554", "127.0.0.1:8554", "[::]:8554"}) {
        CHECK_FALSE(relay_obstacle(with_rtsp(true, address), kRelay));
    }
    CHECK(relay_obstacle(with_rtsp(false, ":8554"), kRelay).value().find("rtsp: yes") !=
          std::string::npos);
    for (const char* address : {":8555", "192.0.2.7:8554"}) {
        CHECK(relay_obstacle(with_rtsp(true, address), kRelay).value().find("MEDIAMTX_RELAY_URL") !=
              std::string::npos);
    }
    // A proxy, or TLS with a listener of its own.
    CHECK_FALSE(relay_obstacle(with_rtsp(true, ":8555"), "rtsp://media.example:8554"));
    CHECK_FALSE(relay_obstacle(with_rtsp(true, ":8554"), "rtsps://127.0.0.1:8322"));
}

TEST_CASE("a device whose relay cannot pull is not playable, with the reason, until it delivers") {
    TestOrchestrator t;
    MediaConfiguration configuration;
    configuration.services.push_back({"rtsp", false, ":8554"});
    t.media->set_configuration(configuration);
    const auto key = t.key("live/drone1");
    PublishRequest request;
    request.path = key.value.reveal();
    request.protocol = Protocol::kRtmp;
    request.connection = ConnectionId{"c1"};
    REQUIRE(t->decide_publish(request).value().accepted());
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, request.path);
    run_rounds(t, 3);
    REQUIRE(t.live().size() == 1);
    CHECK(t.live()[0].playable == false);
    CHECK(t.live()[0].not_playable_reason.value().find("rtsp: yes") != std::string::npos);
    configuration.services[0].enabled = true;
    t.media->set_configuration(configuration);
    run_rounds(t, 61);
    CHECK(t.live().at(0).playable == true);
}

}  // namespace node_configuration_test
