#include "guesses.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

using namespace rescuestream::server;

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Guesses::Instant kStart{hours(100)};

/// Guesses, and the secret that is guessed at.
struct Door {
    explicit Door(std::uint64_t per_minute, Guesses::Size size = Guesses::Size::kFewCredentials)
        : guesses(per_minute, size) {}

    enum class Answer { kRight, kWrong, kNotLookedAt };
    Answer knock(std::string_view address, std::string_view credential,
                 Guesses::Instant now = kStart) {
        const auto attempt = guesses.attempt(address, credential);
        const auto admission = guesses.admit(attempt, now);
        retry = admission.retry;
        if (!admission.allowed) return Answer::kNotLookedAt;
        if (credential == "right") {
            guesses.right(attempt, now);
            return Answer::kRight;
        }
        guesses.wrong(attempt, now);
        return Answer::kWrong;
    }
    /// Until it is not looked at any more; how many were.
    int guess(std::string_view address, Guesses::Instant now = kStart) {
        for (int looked_at = 0; looked_at < 10'000; ++looked_at) {
            const std::string credential = fmt::format("guess {}", next_++);
            if (knock(address, credential, now) == Answer::kNotLookedAt) return looked_at;
        }
        return 10'000;
    }

    Guesses guesses;
    seconds retry{0};

private:
    int next_ = 0;
};

using enum Door::Answer;

}  // namespace

TEST_CASE("beyond the limit nothing is looked at, not even the right credential") {
    Door door(5);
    CHECK(door.guess("192.0.2.1") == 5);
    CHECK(door.retry == seconds(12));
    CHECK(door.knock("192.0.2.1", "right") == kNotLookedAt);
    CHECK(door.knock("192.0.2.2", "right") == kRight);
    CHECK(door.knock("192.0.2.1", "right", kStart + seconds(12)) == kRight);
}

TEST_CASE("guesses come back one by one, at the rate of the limit") {
    Door door(5);
    CHECK(door.guess("192.0.2.1") == 5);
    CHECK(door.guess("192.0.2.1", kStart + seconds(11)) == 0);
    CHECK(door.guess("192.0.2.1", kStart + seconds(12)) == 1);
    CHECK(door.guess("192.0.2.1", kStart + seconds(36)) == 2);
    CHECK(door.guess("192.0.2.1", kStart + minutes(10)) == 5);
}

TEST_CASE("a credential that was right lately is served whatever a neighbour guesses") {
    Door door(5);
    CHECK(door.knock("192.0.2.1", "right") == kRight);
    CHECK(door.guess("192.0.2.1", kStart + seconds(1)) == 5);
    CHECK(door.knock("192.0.2.1", "right", kStart + seconds(1)) == kRight);
    SUBCASE("for a day after it was last seen there") {
        CHECK(door.knock("192.0.2.1", "right", kStart + hours(20)) == kRight);
        door.guess("192.0.2.1", kStart + hours(40));
        CHECK(door.knock("192.0.2.1", "right", kStart + hours(40)) == kRight);
        door.guess("192.0.2.1", kStart + hours(65));
        CHECK(door.knock("192.0.2.1", "right", kStart + hours(65)) == kNotLookedAt);
    }
    SUBCASE("only where it was seen") {
        door.guess("192.0.2.2");
        CHECK(door.knock("192.0.2.2", "right") == kNotLookedAt);
    }
}

TEST_CASE("a device that repeats the same wrong credential for ever counts once") {
    Door door(5);
    for (int i = 0; i < 1'000; ++i) {
        CHECK(door.knock("192.0.2.1", "same", kStart + seconds(i)) == kWrong);
    }
    const auto then = kStart + seconds(1'000);
    CHECK(door.guess("192.0.2.1", then) == 5);
    CHECK(door.knock("192.0.2.1", "same", then) == kWrong);
}

TEST_CASE("all of an IPv6 /64 is one guesser") {
    Door door(5);
    int looked_at = 0;
    for (int i = 0; i < 100; ++i) {
        const auto address = fmt::format("2001:db8::{:x}:{:x}", i * 77, i);
        if (door.knock(address, fmt::format("g{}", i)) == kWrong) ++looked_at;
    }
    CHECK(looked_at == 5);
    CHECK(door.knock("2001:db8::1", "right") == kNotLookedAt);
    CHECK(door.knock("2001:db8:0:1::1", "right") == kRight);
    CHECK(door.guess("::ffff:192.0.2.1") == 5);
    CHECK(door.knock("192.0.2.1", "right") == kNotLookedAt);
}

TEST_CASE("what was under way when the limit was reached does not make it longer") {
    Door door(5);
    for (int i = 0; i < 100; ++i) {
        door.guesses.wrong(door.guesses.attempt("192.0.2.1", fmt::format("late {}", i)), kStart);
    }
    CHECK(door.guess("192.0.2.1", kStart + seconds(12)) == 1);
}

TEST_CASE("whoever has many addresses makes nothing forgotten") {
    for (const auto size : {Guesses::Size::kFewCredentials, Guesses::Size::kManyCredentials}) {
        Door door(20, size);
        CHECK(door.knock("192.0.2.1", "right") == kRight);
        CHECK(door.guess("192.0.2.1") == 20);
        for (int i = 0; i < 200'000; ++i) {
            const auto address = fmt::format("2001:db8:{:x}:{:x}::1", i / 65'536, i % 65'536);
            door.knock(address, fmt::format("g{}", i));
        }
        CHECK(door.guess("192.0.2.1") == 0);
        CHECK(door.knock("192.0.2.1", "right") == kRight);
    }
}

TEST_CASE("one right credential from many addresses displaces few of the others") {
    Guesses guesses(5, Guesses::Size::kManyCredentials);
    constexpr int kTeams = 1'000;
    const auto attempt = [&](int team) {
        return guesses.attempt(fmt::format("10.0.{}.{}", team / 250, team % 250),
                               fmt::format("key {}", team));
    };
    for (int team = 0; team < kTeams; ++team) guesses.right(attempt(team), kStart);
    for (int i = 0; i < 100'000; ++i) {
        guesses.right(guesses.attempt(fmt::format("2001:db8:{:x}:{:x}::1", i / 65'536, i % 65'536),
                                      "key of the insider"),
                      kStart + seconds(1));
    }
    int served = 0;
    for (int team = 0; team < kTeams; ++team) {
        const auto address = fmt::format("10.0.{}.{}", team / 250, team % 250);
        for (int i = 0; i < 5; ++i) {
            guesses.wrong(guesses.attempt(address, std::to_string(i)), kStart);
        }
        if (guesses.admit(attempt(team), kStart + seconds(2)).allowed) ++served;
    }
    CHECK(served > kTeams * 95 / 100);
}

TEST_CASE("without a limit guesses are looked at, however many") {
    Door door(0);
    CHECK(door.guess("192.0.2.1") == 10'000);
}
