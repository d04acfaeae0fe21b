#include "rules/bitrate.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

using namespace rescuestream;
using std::chrono::seconds;

namespace {

constexpr std::uint64_t kLimit = 1'000'000;

/// One sample a second.
class BitrateSamples {
public:
    bool after(int count, std::uint64_t bitrate, std::optional<std::uint64_t> limit = kLimit) {
        for (int i = 0; i < count; ++i) {
            now_ += seconds(1);
            watch_ = rules::watch_bitrate(watch_, bitrate, limit, now_);
        }
        return watch_.is_exceeded;
    }

private:
    rules::BitrateWatch watch_;
    rules::BitrateWatch::SteadyTime now_{seconds(1'000)};
};

}  // namespace

TEST_CASE("a bitrate is exceeded when each sample of ten seconds is above it") {
    BitrateSamples samples;
    CHECK_FALSE(samples.after(10, kLimit + 1));
    CHECK(samples.after(1, kLimit + 1));
}

TEST_CASE("one sample at the limit begins the ten seconds anew") {
    BitrateSamples samples;
    CHECK_FALSE(samples.after(10, 2 * kLimit));
    CHECK_FALSE(samples.after(1, kLimit));
    CHECK_FALSE(samples.after(10, 2 * kLimit));
    CHECK(samples.after(1, 2 * kLimit));
}

TEST_CASE("a bitrate is exceeded until each sample of ten seconds is a tenth below it") {
    BitrateSamples samples;
    REQUIRE(samples.after(11, 2 * kLimit));
    CHECK(samples.after(60, kLimit - 1));
    CHECK(samples.after(10, kLimit / 10 * 9));
    CHECK(samples.after(1, kLimit / 10 * 9 + 1));
    CHECK(samples.after(10, kLimit / 10 * 9));
    CHECK_FALSE(samples.after(1, 0));
}

TEST_CASE("without a limit nothing is exceeded, at once") {
    BitrateSamples samples;
    REQUIRE(samples.after(11, 2 * kLimit));
    CHECK_FALSE(samples.after(1, 2 * kLimit, std::nullopt));
    CHECK_FALSE(samples.after(10, 2 * kLimit));
}
