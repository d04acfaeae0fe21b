// What an orchestrator counts about itself.
#include "rescuestream/operating_figures.hpp"

#include <doctest/doctest.h>

#include <string>

#include "orchestrator/cutoff_meter.hpp"
#include "support/faulty_storage.hpp"
#include "support/test_orchestrator.hpp"

namespace operating_figures_test {

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::uint64_t count_of(const NamedCounts& counts, std::string_view name) {
    for (const auto& [known, count] : counts) {
        if (known == name) return count;
    }
    FAIL("there is no count of that name");
    return 0;
}

std::uint64_t total_of(const NamedCounts& counts) {
    std::uint64_t total = 0;
    for (const auto& [name, count] : counts) total += count;
    return total;
}

NodeFigures node_of(TestOrchestrator& test) {
    auto figures = test->figures();
    REQUIRE(figures.nodes.size() == 1);
    return figures.nodes.front();
}

OrchestratorSettings with_window() {
    auto settings = TestOrchestrator::default_settings();
    settings.reconnect_window = seconds(60);
    return settings;
}

TEST_CASE("a start and an end are counted once, however often they are reported") {
    TestOrchestrator test;
    const auto key = test.key();
    REQUIRE(test.publish(key, "a"));
    const SourceReport report{key.key.playback_path, "rtmpConn", ConnectionId{"a"}};
    REQUIRE(test->source_available(report));
    test->tick();
    CHECK(node_of(test).starts == 1);

    test.media->disconnect({"a"});
    for (int i = 0; i < 2; ++i) REQUIRE(test->source_unavailable(report));
    test->tick();
    test->tick();
    const auto node = node_of(test);
    CHECK(count_of(node.ends, "client_disconnected") == 1);
    CHECK(total_of(node.ends) == 1);
    CHECK(node.interruptions == 0);
}

TEST_CASE("an interruption is counted with the time until the stream is live again") {
    TestOrchestrator test(with_window());
    const auto key = test.key();
    REQUIRE(test.publish(key, "a"));
    test.media->disconnect({"a"});
    const SourceReport report{key.key.playback_path, "rtmpConn", ConnectionId{"a"}};
    for (int i = 0; i < 2; ++i) REQUIRE(test->source_unavailable(report));
    CHECK(node_of(test).interruptions == 1);
    CHECK(node_of(test).interrupted_for == milliseconds(0));

    test.clock.advance(seconds(10));
    REQUIRE(test.publish(key, "b"));
    const auto node = node_of(test);
    CHECK(node.interruptions == 1);
    CHECK(node.interrupted_for == seconds(10));
    CHECK(node.takeovers == 0);
    CHECK(node.starts == 1);
    CHECK(total_of(node.ends) == 0);
}

TEST_CASE("a takeover of a live stream is counted, and is no interruption") {
    auto settings = with_window();
    settings.on_duplicate = OnDuplicate::kTakeover;
    TestOrchestrator test(settings);
    const auto key = test.key();
    REQUIRE(test.publish(key, "a"));
    REQUIRE(test.publish(key, "b"));
    test->tick();
    const auto node = node_of(test);
    CHECK(node.takeovers == 1);
    CHECK(node.interruptions == 0);
    CHECK(node.starts == 1);
    CHECK(test->figures().publish.accepted == 2);
}

TEST_CASE("a cut-off is counted once by its cause, also if the key is revoked again") {
    TestOrchestrator test;
    const auto key = test.key();
    REQUIRE(test.publish(key, "a"));
    test.media->set_down(true);
    for (int i = 0; i < 2; ++i) {
        test.clock.advance(seconds(1));
        REQUIRE(test->revoke_stream_key(key.key.id, test.caller));
        test->tick();
        const auto cutoffs = test->figures().cutoffs;
        CHECK(count_of(cutoffs.ordered, "key_revoked") == 1);
        CHECK(cutoffs.verified == 0);
        CHECK(cutoffs.pending == 1);
    }
    test.media->set_down(false);
    test->tick();
    REQUIRE(test->revoke_stream_key(key.key.id, test.caller));
    test->tick();
    const auto cutoffs = test->figures().cutoffs;
    CHECK(total_of(cutoffs.ordered) == 1);
    CHECK(cutoffs.verified == 1);
    CHECK(cutoffs.pending == 0);
    CHECK(cutoffs.verified_seconds.total() == 1);
    CHECK(cutoffs.verified_seconds.sum == 1);  // ordered before the clock advanced by 1 s
    CHECK(count_of(node_of(test).ends, "key_revoked") == 1);
    CHECK(total_of(node_of(test).ends) == 1);
}

TEST_CASE("a cut-off whose confirmation had to be written again is counted once") {
    auto faults = std::make_shared<StorageFaults>();
    TestOrchestrator test(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                          TestOrchestrator::default_settings());
    const auto key = test.key();
    REQUIRE(test.publish(key, "a"));
    faults->lose_next_answer("finish_cutoff");
    REQUIRE(test->revoke_stream_key(key.key.id, test.caller));
    test->tick();
    REQUIRE(test->revoke_stream_key(key.key.id, test.caller));
    test->tick();
    const auto figures = test->figures();
    CHECK(count_of(figures.cutoffs.ordered, "key_revoked") == 1);
    CHECK(figures.cutoffs.verified <= 1);
    CHECK(figures.cutoffs.pending == 0);
    CHECK(figures.storage.steps.size() > 5);
}

TEST_CASE("the removal of a connection that lost its key before it published is counted once") {
    auto settings = with_window();
    settings.on_duplicate = OnDuplicate::kTakeover;
    TestOrchestrator test(settings);
    const auto key = test.key();
    REQUIRE(test.ask(key, "a").accepted());
    test.media->connect(ConnectionKind::kRtmp, {"a"}, "192.0.2.7:1");
    REQUIRE(test.ask(key, "b").accepted());
    test.media->set_down(true);
    test->tick();
    CHECK(test->figures().cutoffs.pending == 1);
    test.media->set_down(false);
    for (int i = 0; i < 3; ++i) test->tick();
    const auto cutoffs = test->figures().cutoffs;
    CHECK(count_of(cutoffs.ordered, "taken_over") == 1);
    CHECK(total_of(cutoffs.ordered) == 1);
    CHECK(cutoffs.verified == 1);
    CHECK(cutoffs.pending == 0);
}

TEST_CASE("a cut-off that was ordered by a clock which is ahead took no time") {
    CutoffMeter meter;
    Cutoff cutoff;
    cutoff.connection = ConnectionId{"a"};
    const Timestamp now{seconds(1'000)};
    cutoff.requested_at = now + seconds(1);  // by the clock of another program
    meter.verified(cutoff, now);
    CHECK(meter.read().verified == 1);
    CHECK(meter.read().verified_seconds.sum == 0);
}

TEST_CASE("gauges of a node show its streams, unknown publishers and readers, by protocol") {
    auto settings = with_window();
    settings.unknown_publisher = UnknownPublisher::kIgnore;
    TestOrchestrator test(settings);
    const auto first = test.key("live/a");
    const auto second = test.key("live/b");
    REQUIRE(test.publish(first, "a"));
    REQUIRE(test.publish(second, "b"));
    test.media->disconnect({"b"});
    REQUIRE(test->source_unavailable({"live/b", "rtmpConn", ConnectionId{"b"}}));
    test.media->publish(ConnectionKind::kRtmp, {"x"}, "live/nobody");
    test.media->add_reader("live/a", "rtspSession", {"r"});
    test.media->add_reader("live/a", "hlsSession", {"h"});
    for (int i = 0; i < 3; ++i) test->tick();

    const auto node = node_of(test);
    CHECK(node.node == "default");
    CHECK(node.state == NodeState::kUp);
    REQUIRE(node.gauges.has_value());
    CHECK(node.gauges->live == 1);
    CHECK(node.gauges->reconnecting == 1);
    CHECK(node.gauges->unknown == 1);
    CHECK(count_of(node.gauges->readers, "rtsp") == 1);
    CHECK(count_of(node.gauges->readers, "hls") == 1);
    CHECK(total_of(node.gauges->readers) == 2);
    REQUIRE(node.gauges->streams.size() == 2);
    for (const auto& stream : node.gauges->streams) {
        CHECK(stream.live == (stream.path == "live/a"));
        CHECK(stream.readers == (stream.path == "live/a" ? 2 : 0));
    }
    CHECK(node.poll_seconds.total() == 3);
    CHECK(node.poll_age.has_value());
}

TEST_CASE("bytes are counted from the first poll on, also over reconnections") {
    TestOrchestrator test(with_window());
    const auto key = test.key();
    REQUIRE(test.publish(key, "a"));
    test.media->receive_bytes(key.key.playback_path, 5'000);
    test->tick();
    CHECK(node_of(test).inbound_bytes == 0);
    test.media->receive_bytes(key.key.playback_path, 1'000);
    test->tick();
    CHECK(node_of(test).inbound_bytes == 1'000);
    test.media->disconnect({"a"});
    REQUIRE(test->source_unavailable({key.key.playback_path, "rtmpConn", ConnectionId{"a"}}));
    REQUIRE(test.publish(key, "b"));
    test.media->receive_bytes(key.key.playback_path, 300);
    test->tick();
    CHECK(node_of(test).inbound_bytes == 1'300);
}

TEST_CASE("a media server that does not answer has no gauges, and its errors are counted") {
    TestOrchestrator test;
    test->tick();
    REQUIRE(node_of(test).gauges.has_value());
    test.media->set_down(true);
    test->tick();
    auto node = node_of(test);
    CHECK_FALSE(node.gauges.has_value());
    CHECK(node.state == NodeState::kUnreachable);
    CHECK(count_of(node.errors, "unavailable") == 1);
    CHECK(node.poll_seconds.total() == 1);
    test.media->set_down(false);
    test.media->set_hanging(true);
    test->tick();
    CHECK(count_of(node_of(test).errors, "timeout") == 1);
    test.media->set_hanging(false);
    test->tick();
    test.media->restart();
    test->tick();
    node = node_of(test);
    CHECK(node.restarts == 1);
    CHECK(node.gauges.has_value());
    CHECK(total_of(node.errors) == 2);
}

TEST_CASE("decisions on publishers are counted by the reason of the refusal") {
    TestOrchestrator test;
    const auto key = test.key();
    REQUIRE(test.publish(key, "a"));
    CHECK_FALSE(test.ask(key, "b").accepted());
    PublishRequest request;
    request.path = "live/x";
    CHECK_FALSE(test->decide_publish(request).value().accepted());
    CHECK_FALSE(test->decide_publish(request).value().accepted());
    const auto publish = test->figures().publish;
    CHECK(publish.accepted == 1);
    CHECK(publish.failed == 0);
    CHECK(count_of(publish.refused, "in_use") == 1);
    CHECK(count_of(publish.refused, "no_credential") == 2);
    CHECK(total_of(publish.refused) == 3);
    for (const auto& [reason, count] : publish.refused) CHECK(reason != "granted");
}

TEST_CASE("at most 1,000 streams are listed, and the others are counted") {
    TestOrchestrator test;
    const auto owner = test.broadcaster();
    constexpr int kStreams = 1'003;
    for (int i = 0; i < kStreams; ++i) {
        NewStreamKey input;
        input.broadcaster_id = owner.id;
        input.playback_path = "live/" + std::to_string(10'000 + i);
        const auto key = test->create_stream_key(input, test.caller).value();
        REQUIRE(test.publish(key, "c" + std::to_string(i)));
    }
    test->tick();
    const auto figures = test->figures();
    REQUIRE(figures.nodes.front().gauges);
    CHECK(figures.nodes.front().gauges->live == kStreams);
    CHECK(figures.nodes.front().gauges->streams.size() == OperatingFigures::kMostStreams);
    CHECK(figures.streams_left_out == 3);
}

TEST_CASE("every value of a counted enumeration has a counter") {
    const auto after = [](auto last) {
        using Enumeration = decltype(last);
        return to_string(static_cast<Enumeration>(static_cast<int>(last) + 1));
    };
    CHECK(after(EndReason::kIncidentClosed).empty());
    CHECK(after(PublishRefusal::kKeyMisplaced).empty());
    CHECK(after(Protocol::kMoq).empty());
}

}  // namespace operating_figures_test
