#include "rescuestream/sampler.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

using namespace rescuestream;

namespace {

// A trace whose id ends with `last`.
TraceId trace_ending_with(std::uint64_t last) {
    TraceId id{};
    id[0] = 1;
    for (std::size_t i = 0; i < 8; ++i) {
        id[15 - i] = static_cast<std::uint8_t>(last >> (8 * i));
    }
    return id;
}

constexpr std::uint64_t kHalf = std::uint64_t{1} << 63U;
constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();

SpanContext parent(bool sampled, bool is_remote) {
    SpanContext context;
    context.trace_id[0] = context.span_id[0] = 1;
    context.sampled = sampled;
    context.is_remote = is_remote;
    return context;
}

}  // namespace

TEST_CASE("ratio 0 records no trace, and ratio 1 records every trace") {
    for (const std::uint64_t last : {std::uint64_t{0}, std::uint64_t{1}, kHalf, kLast}) {
        CHECK_FALSE(Sampler(0).samples(trace_ending_with(last), nullptr));
        CHECK(Sampler(1).samples(trace_ending_with(last), nullptr));
    }
}

TEST_CASE("a ratio records the traces whose ids are below the bound") {
    const Sampler half(0.5);
    CHECK(half.samples(trace_ending_with(0), nullptr));
    CHECK(half.samples(trace_ending_with(kHalf - 1), nullptr));
    CHECK_FALSE(half.samples(trace_ending_with(kHalf), nullptr));
    CHECK_FALSE(half.samples(trace_ending_with(kLast), nullptr));
}

TEST_CASE("spans follow their parent whatever the ratio is") {
    for (const bool is_remote : {true, false}) {
        const SpanContext recorded = parent(true, is_remote);
        const SpanContext ignored = parent(false, is_remote);
        CHECK(Sampler(0).samples(recorded.trace_id, &recorded));
        CHECK_FALSE(Sampler(1).samples(ignored.trace_id, &ignored));
    }
}

TEST_CASE("a sampler that does not follow parents still follows those in this program") {
    const SpanContext remote = parent(true, true);
    const SpanContext local = parent(true, false);
    const SpanContext ignored = parent(false, true);
    CHECK_FALSE(Sampler(0, false).samples(remote.trace_id, &remote));
    CHECK(Sampler(0, false).samples(local.trace_id, &local));
    CHECK(Sampler(1, false).samples(ignored.trace_id, &ignored));
}

TEST_CASE("a ratio out of range is refused") {
    CHECK_THROWS_AS(Sampler(-0.01), std::invalid_argument);
    CHECK_THROWS_AS(Sampler(1.01), std::invalid_argument);
    CHECK_THROWS_AS(Sampler(std::nan("")), std::invalid_argument);
}
