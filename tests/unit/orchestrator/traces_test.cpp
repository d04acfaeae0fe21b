#include <doctest/doctest.h>

#include <algorithm>
#include <future>

#include "orchestrator/claim_desk.hpp"
#include "rescuestream/forwarding_storage.hpp"
#include "support/recording_tracer.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

// The tracer is destroyed after the orchestrator.
struct WithTracer {
    RecordingTracer tracer;
};
struct TracedOrchestrator : WithTracer, TestOrchestrator {
    TracedOrchestrator() : TestOrchestrator(default_settings(), &tracer) {}
};

// The text of everything that a tracer received.
std::string all_texts(const RecordingTracer& tracer) {
    std::string all;
    for (const auto& span : tracer.spans()) {
        (all += span.name) += '\n';
        (all += span.failure) += '\n';
        for (const auto& each : span.attributes) (all += attribute(span, each.name)) += '\n';
    }
    return all;
}

}  // namespace

TEST_CASE("a publish decision is a span with its outcome, and the storage step is its child") {
    TracedOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.ask(key, "c1").accepted());
    CHECK_FALSE(t.ask(key, "c2").accepted());
    const auto decisions = t.tracer.spans_named("decide publish");
    REQUIRE(decisions.size() == 2);
    CHECK(decisions[0].parent == SpanId{});
    CHECK(attribute(decisions[0], "rescuestream.decision") == "accepted");
    CHECK(attribute(decisions[0], "rescuestream.protocol") == "rtmp");
    CHECK(attribute(decisions[0], "rescuestream.stream_key.id") == key.key.id.to_string());
    CHECK(attribute(decisions[1], "rescuestream.decision") == "in_use");
    CHECK_FALSE(decisions[1].failed);
    const auto steps = t.tracer.spans_named("storage claim_all");
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].parent == decisions[0].context.span_id);
    CHECK(attribute(steps[0], "rescuestream.storage.backend") == "memory");
}

TEST_CASE("steps of the storage that belong to no span are not recorded") {
    TracedOrchestrator t;
    REQUIRE(t->list_nodes());
    t.broadcaster();
    CHECK(t.tracer.spans().empty());
    {
        const Span request(&t.tracer, "request", SpanKind::kServer, nullptr);
        const SpanScope scope(request);
        t.broadcaster("Rescue 2");
    }
    CHECK(t.tracer.spans_named("storage create_broadcaster").size() == 1);
}

TEST_CASE("an answer of the storage is no failure of its step") {
    TracedOrchestrator t;
    const Span request(&t.tracer, "request", SpanKind::kServer, nullptr);
    const SpanScope scope(request);
    CHECK_FALSE(t->find_broadcaster({}));
    REQUIRE(t.tracer.spans_named("storage find_broadcaster").size() == 1);
    CHECK_FALSE(t.tracer.spans_named("storage find_broadcaster").at(0).failed);
}

TEST_CASE("a cut-off is a span from its order to its confirmation") {
    TracedOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    REQUIRE(t->revoke_stream_key(key.key.id, t.caller)->cutoff.kicked == 1);
    const auto cutoffs = t.tracer.spans_named("cut off");
    REQUIRE(cutoffs.size() == 1);
    CHECK(attribute(cutoffs[0], "rescuestream.cutoff.outcome") == "removed");
    CHECK(attribute(cutoffs[0], "rescuestream.cutoff.reason") == "key_revoked");
    CHECK(attribute(cutoffs[0], "rescuestream.stream_key.id") == key.key.id.to_string());
    CHECK(cutoffs[0].started <= SpanTime(t.clock.now()));
    CHECK_FALSE(cutoffs[0].failed);
    const auto finished = t.tracer.spans_named("storage finish_cutoff");
    REQUIRE(finished.size() == 1);
    CHECK(finished[0].parent == cutoffs[0].context.span_id);
}

TEST_CASE("a poll is a trace of its own, and none is recorded when it is not sampled") {
    TracedOrchestrator t;
    t.tracer.samples = false;
    t->tick();
    CHECK(t.tracer.spans().empty());
    t.tracer.samples = true;
    t->tick();
    const auto polls = t.tracer.spans_named("poll");
    REQUIRE(polls.size() == 1);
    CHECK(polls[0].parent == SpanId{});
    CHECK(attribute(polls[0], "rescuestream.node") == "default");
    const auto sessions = t.tracer.spans_named("storage open_sessions");
    REQUIRE(sessions.size() == 1);
    CHECK(sessions[0].parent == polls[0].context.span_id);
}

TEST_CASE("no span contains a key value, also if it is the path, the user or the node") {
    TracedOrchestrator t;
    const auto key = t.key();
    const std::string& value = key.value.reveal();
    PublishRequest request;
    request.path = value;
    request.connection = ConnectionId{"c1"};
    request.protocol = Protocol::kRtmp;
    request.user = value;
    REQUIRE(t->decide_publish(request)->accepted());
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, request.path);
    t->tick();
    t->tick();
    REQUIRE(t->revoke_stream_key(key.key.id, t.caller));
    CHECK(t.tracer.spans().size() > 10);
    CHECK(all_texts(t.tracer).find(value) == std::string::npos);
}

namespace {

// Lets the first claim wait until `release`.
class SlowClaims final : public ForwardingStorage {
public:
    SlowClaims() : ForwardingStorage(TestOrchestrator::open_memory()) {}
    std::promise<void> release;
    std::atomic<int> calls{0};

    std::vector<Result<ClaimOutcome>> claim_all(
        const std::vector<ClaimRequest>& requests,
        std::chrono::steady_clock::time_point latest) override {
        if (++calls == 1) released_.wait();
        return real().claim_all(requests, latest);
    }

private:
    std::shared_future<void> released_ = release.get_future().share();
};

ClaimRequest claim_of(std::uint8_t digest) {
    ClaimRequest request;
    request.digest[0] = digest;
    request.claim.connection = ConnectionId{std::to_string(digest)};
    return request;
}

}  // namespace

TEST_CASE("merged claims are one span, with a link to each request but its parent") {
    RecordingTracer tracer;
    SlowClaims storage;
    ClaimDesk desk(storage, {.steps = 1, .max_delay = std::chrono::hours(1)});
    desk.start();
    std::atomic<int> answered{0};
    std::vector<SpanContext> asked;
    const auto ask = [&](std::uint8_t digest, bool is_sampled) {
        tracer.samples = is_sampled;
        Span span(&tracer, "question", SpanKind::kInternal, nullptr);
        const SpanScope scope(span);
        asked.push_back(span.active().context);
        desk.ask(claim_of(digest), [&](const auto&) { ++answered; });
    };
    ask(1, true);
    REQUIRE(eventually([&] { return storage.calls == 1; }));
    ask(2, false);
    ask(3, true);
    ask(4, true);
    desk.ask(claim_of(5), [&](const auto&) { ++answered; });  // of no span
    storage.release.set_value();
    REQUIRE(eventually([&] { return answered == 5; }));
    desk.stop();

    const auto batches = tracer.spans_named("claim batch");
    REQUIRE(batches.size() == 1);
    CHECK(batches[0].parent == asked[2].span_id);
    CHECK(batches[0].context.trace_id == asked[2].trace_id);
    REQUIRE(batches[0].links.size() == 1);
    CHECK(batches[0].links[0] == asked[3]);
    CHECK(attribute(batches[0], "rescuestream.batch.size") == "4");
}
