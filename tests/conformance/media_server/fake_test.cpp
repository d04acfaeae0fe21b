// Abilities that only the media server in memory has.
#include "conformance/media_server/stage_case.hpp"
#include "rescuestream/fake_media_server.hpp"
#include "support/manual_clock.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_SUITE_BEGIN("fake");

TEST_CASE("a lost kick is answered with success and changes nothing") {
    FakeMediaServer server;
    const ConnectionId id{"a"};
    server.publish(ConnectionKind::kSrt, id, "live/a");
    server.lose_next_kicks(2);
    CHECK(code_of(server.kick(ConnectionKind::kSrt, id)) == std::nullopt);
    CHECK(code_of(server.kick(ConnectionKind::kSrt, id)) == std::nullopt);
    CHECK(server.list_paths().value().size() == 1);
    CHECK(server.kick_count() == 0);
    CHECK(code_of(server.kick(ConnectionKind::kSrt, id)) == std::nullopt);
    CHECK(server.list_paths().value().empty());
    CHECK(server.kick_count() == 1);
}

TEST_CASE("a restart shows in `started` even when the clock stands still") {
    ManualClock clock;
    FakeMediaServer server(clock);
    const auto before = server.info().value().started;
    CHECK(before <= clock.now());
    CHECK(FakeMediaServer(clock).info().value().started != before);  // another process
    server.restart();
    CHECK(server.info().value().started > before);
}

TEST_CASE("a publisher that reconnects on another path leaves the first one") {
    FakeMediaServer server;
    server.publish(ConnectionKind::kRtsp, {"a"}, "live/a");
    server.publish(ConnectionKind::kRtsp, {"a"}, "live/b");
    const auto paths = server.list_paths().value();
    REQUIRE(paths.size() == 1);
    CHECK(paths[0].name == "live/b");
}

TEST_SUITE_END();
