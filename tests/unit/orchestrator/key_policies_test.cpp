// Policies of a key that only a present source can show: its encryption and its bitrate.
#include <doctest/doctest.h>

#include "support/test_orchestrator.hpp"

namespace key_policies_test {

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

constexpr const char* kPath = "live/drone1";
constexpr std::uint64_t kLimit = 1'000'000;

// `times` polls, one a second, between which the source sends `bits`.
void poll_with(TestOrchestrator& t, int times, std::uint64_t bits) {
    for (int i = 0; i < times; ++i) {
        t.clock.advance(seconds(1));
        t.media->receive_bytes(kPath, bits / 8);
        t->tick();
    }
}

CreatedStreamKey limited_key(TestOrchestrator& t, OverBitrate action) {
    const auto key = t.key();
    StreamKeyPatch patch;
    patch.policies.max_bitrate = kLimit;
    patch.policies.over_bitrate = action;
    t->update_stream_key(key.key.id, patch, t.caller).value();
    return key;
}

ListedStream newest(TestOrchestrator& t) {
    return t->list_streams({}).value().items.at(0);
}

}  // namespace

TEST_CASE("a stream over its bitrate for long says since when, until it stays below for long") {
    TestOrchestrator t;
    REQUIRE(t.publish(limited_key(t, OverBitrate::kWarn), "c1"));
    poll_with(t, 8, 2 * kLimit);
    CHECK_FALSE(newest(t).over_bitrate_since.has_value());
    poll_with(t, 8, 2 * kLimit);
    const auto since = newest(t).over_bitrate_since;
    REQUIRE(since.has_value());
    poll_with(t, 5, 2 * kLimit);
    CHECK(newest(t).over_bitrate_since == since);
    CHECK(newest(t).state == StreamState::kLive);
    poll_with(t, 30, kLimit / 2);
    CHECK_FALSE(newest(t).over_bitrate_since.has_value());
}

TEST_CASE("a stream over its bitrate for long is cut if its key says so, and says why") {
    TestOrchestrator t;
    const auto key = limited_key(t, OverBitrate::kCut);
    REQUIRE(t.publish(key, "c1"));
    poll_with(t, 8, 2 * kLimit);
    CHECK(t.live().size() == 1);
    poll_with(t, 8, 2 * kLimit);
    CHECK(t.live().empty());
    CHECK(t.media->list_paths()->empty());
    CHECK(newest(t).end_reason == EndReason::kBitrateExceeded);
    CHECK(t->stream_timeline(newest(t).id)->back().reason == "bitrate_exceeded");
    CHECK(t.ask(key, "c2").accepted());
}

TEST_CASE("a burst does not end a stream whose average is below its bitrate") {
    TestOrchestrator t;
    REQUIRE(t.publish(limited_key(t, OverBitrate::kCut), "c1"));
    for (int i = 0; i < 12; ++i) {
        poll_with(t, 1, 3 * kLimit);
        poll_with(t, 4, kLimit / 10);
    }
    CHECK(t.live().size() == 1);
}

TEST_CASE("an unencrypted source of a key that wants encryption ends with the next poll") {
    TestOrchestrator t;
    const auto key = t.key();
    StreamKeyPatch patch;
    patch.policies.protocols = {{ConnectionKind::kRtmps}};
    t->update_stream_key(key.key.id, patch, t.caller).value();
    CHECK(t.ask(key, "c0", Protocol::kSrt).refusal == PublishRefusal::kProtocolNotAllowed);
    REQUIRE(t.publish(key, "c1"));
    CHECK(t.live().size() == 1);
    poll_with(t, 1, kLimit);
    CHECK(t.live().empty());
    CHECK(t.media->list_paths()->empty());
    CHECK(newest(t).end_reason == EndReason::kProtocolNotAllowed);
}

TEST_CASE("a live publisher continues when its key becomes valid later, and a new one is refused") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    StreamKeyPatch patch;
    patch.policies.not_before = t.clock.now() + seconds(60);
    t->update_stream_key(key.key.id, patch, t.caller).value();
    poll_with(t, 3, kLimit);
    CHECK(t.live().size() == 1);
    CHECK(t.ask(key, "c2").refusal == PublishRefusal::kNotYetValid);
    t.clock.advance(seconds(60));
    CHECK(t.ask(key, "c2").refusal != PublishRefusal::kNotYetValid);
}

}  // namespace key_policies_test
