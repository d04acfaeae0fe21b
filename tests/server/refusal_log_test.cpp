#include "refusal_log.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

using namespace rescuestream::server;

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const RefusalLog::Instant kFirst{std::chrono::hours(1)};

/// Returns how many of `count` refusals are logged; `refuse(i)` makes the i-th.
template <class Refuse>
int told(int count, Refuse refuse) {
    int lines = 0;
    for (int i = 0; i < count; ++i) lines += refuse(i).is_told ? 1 : 0;
    return lines;
}

std::uint64_t left_out(RefusalLog& log, RefusalLog::Instant now) {
    std::uint64_t all = 0;
    log.tell_left_out(now, [&](const std::string&, std::uint64_t count) { all += count; });
    return all;
}

}  // namespace

TEST_CASE("the same refusal is logged the first, tenth and hundredth time") {
    RefusalLog log;
    std::string times;
    for (int i = 0; i < 5'000; ++i) {
        const auto verdict = log.note("404", "192.0.2.1", "/x", kFirst);
        if (verdict.is_told) times += std::to_string(verdict.times) + " ";
    }
    CHECK(times == "1 10 100 1000 ");
    CHECK(log.note("404", "192.0.2.1", "/x", kFirst + minutes(11)).times == 1);
}

TEST_CASE("the first refusal of a kind from an address is logged, whatever other addresses do") {
    RefusalLog log;
    CHECK(told(100'000, [&](int i) {
              return log.note("404", "192.0.2.1", fmt::format("/{}", i), kFirst);
          }) < 200);
    for (const char* address : {"192.0.2.2", "192.0.2.3", "2001:db8::1"}) {
        CHECK(log.note("404", address, "/x", kFirst).is_told);
    }
    CHECK(log.note("401", "192.0.2.1", "/x", kFirst).is_told);
    CHECK_FALSE(log.note("404", "2001:db8::2", "/x", kFirst).is_told);
}

TEST_CASE("the number of lines a second is bounded, whatever varies") {
    RefusalLog log;
    int lines = 0;
    const auto flood = [&](RefusalLog::Instant now) {
        return told(20'000, [&](int i) {
            return log.note(std::to_string(400 + i % 32),
                            fmt::format("10.{}.{}.7", i / 250, i % 250),
                            fmt::format("/{}/{}", i, i), now);
        });
    };
    lines = flood(kFirst);
    CHECK(lines > 0);
    CHECK(lines <= 200);
    for (int second = 1; second <= 20; ++second) {
        CHECK(flood(kFirst + seconds(second)) <= 6);
    }
}

TEST_CASE("omitted lines are counted, and the count is logged half a minute later") {
    RefusalLog log;
    const int lines = told(10'000, [&](int i) {
        return log.note("404", fmt::format("10.0.{}.{}", i / 250, i % 250), "/x", kFirst);
    });
    CHECK(left_out(log, kFirst) == 0);
    CHECK(left_out(log, kFirst + seconds(30)) == static_cast<std::uint64_t>(10'000 - lines));
    CHECK(left_out(log, kFirst + minutes(9)) == 0);
}

TEST_CASE("a refusal that was omitted is logged when there is room again") {
    RefusalLog log;
    told(10'000, [&](int i) {
        return log.note("404", fmt::format("10.0.{}.{}", i / 250, i % 250), "/x", kFirst);
    });
    CHECK_FALSE(log.note("404", "192.0.2.1", "/x", kFirst).is_told);
    const auto later = log.note("404", "192.0.2.1", "/x", kFirst + seconds(2));
    CHECK(later.is_told);
    CHECK(later.times == 2);
}

TEST_CASE("unknown kinds share one entry") {
    RefusalLog log;
    const int lines = told(100'000, [&](int i) {
        return log.note(fmt::format("kind {}", i), "192.0.2.1", "/x", kFirst);
    });
    CHECK(lines <= 200);
}
