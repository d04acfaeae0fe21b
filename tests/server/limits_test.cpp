#include "limits.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace rescuestream::server;

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const RateLimit::Instant kStart{std::chrono::hours(1)};

}  // namespace

TEST_CASE("a burst is allowed at once, then as many as the rate says") {
    RateLimit limit(10, 20);
    for (std::uint64_t i = 0; i < 20; ++i) {
        const auto outcome = limit.take("a", kStart);
        CHECK(outcome.allowed);
        CHECK(outcome.remaining == 19 - i);
    }
    const auto refused = limit.take("a", kStart);
    CHECK_FALSE(refused.allowed);
    CHECK(refused.reset == seconds(1));
    CHECK_FALSE(limit.take("a", kStart + milliseconds(99)).allowed);
    CHECK(limit.take("a", kStart + milliseconds(100)).allowed);
    CHECK_FALSE(limit.take("a", kStart + milliseconds(100)).allowed);
    CHECK(limit.take("b", kStart).allowed);
    CHECK(limit.take("a", kStart + minutes(1)).remaining == 19);
}

TEST_CASE("more callers than can be remembered are not refused for that") {
    RateLimit limit(1, 1);
    int refused = 0;
    for (int i = 0; i < 250'000; ++i) {
        if (!limit.take(std::to_string(i), kStart).allowed) ++refused;
    }
    CHECK(refused == 0);
}

TEST_CASE("a loop is told of now and then, and is no attack") {
    WrongCredentials wrong(5);
    std::string news;
    for (int i = 1; i <= 1'000; ++i) {
        const auto seen = wrong.note("192.0.2.1", "same", true, kStart + seconds(i));
        CHECK_FALSE(seen.too_many);
        if (seen.is_news) news += std::to_string(seen.times) + " ";
    }
    CHECK(news == "1 10 100 1000 ");
}

TEST_CASE("different wrong credentials of one address are guesses, and are limited") {
    WrongCredentials wrong(5);
    for (int i = 0; i < 5; ++i) {
        CHECK_FALSE(wrong.note("192.0.2.1", "guess" + std::to_string(i), true, kStart).too_many);
    }
    const auto refused = wrong.note("192.0.2.1", "one more", true, kStart);
    CHECK(refused.too_many);
    CHECK_FALSE(refused.is_news);
    CHECK(refused.retry == seconds(12));
    // A device behind the same address that has been wrong for long is still told why.
    CHECK_FALSE(wrong.note("192.0.2.1", "guess0", true, kStart).too_many);
    // So is one whose key is known, and another address.
    CHECK_FALSE(wrong.note("192.0.2.1", "revoked key", false, kStart).too_many);
    CHECK_FALSE(wrong.note("192.0.2.2", "one more", true, kStart).too_many);
    CHECK_FALSE(wrong.note("192.0.2.1", "one more", true, kStart + seconds(12)).too_many);
}

TEST_CASE("without a limit guesses are only counted") {
    WrongCredentials wrong(0);
    for (int i = 0; i < 1'000; ++i) {
        CHECK_FALSE(wrong.note("192.0.2.1", std::to_string(i), true, kStart).too_many);
    }
}
