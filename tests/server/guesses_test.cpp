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

/// The limit of guesses, and the secret that is guessed.
struct GuessLimiter {
    explicit GuessLimiter(std::uint64_t per_minute,
                          Guesses::Size size = Guesses::Size::kFewCredentials,
                          Guesses::Known known = Guesses::Known::kServed)
        : guesses(per_minute, size, known) {}

    enum class Answer { kRight, kWrong, kNotChecked };
    Answer check(std::string_view address, std::string_view credential,
                 Guesses::Instant now = kStart) {
        const auto attempt = guesses.attempt(address, credential);
        const auto admission = guesses.admit(attempt, now);
        retry = admission.retry;
        if (!admission.allowed) return Answer::kNotChecked;
        if (credential == "right") {
            guesses.right(attempt, now, kind);
            return Answer::kRight;
        }
        guesses.wrong(attempt, now);
        return Answer::kWrong;
    }
    /// Guesses until guesses are no longer checked; returns how many were checked.
    int guess(std::string_view address, Guesses::Instant now = kStart) {
        for (int checked = 0; checked < 10'000; ++checked) {
            const std::string credential = fmt::format("guess {}", next_++);
            if (check(address, credential, now) == Answer::kNotChecked) return checked;
        }
        return 10'000;
    }

    /// Tries others beyond the limit.
    void try_unchecked(std::string_view address, int count, Guesses::Instant now = kStart) {
        for (int i = 0; i < count; ++i) {
            CHECK(check(address, fmt::format("try {}", next_++), now) == Answer::kNotChecked);
        }
    }

    Guesses guesses;
    Guesses::Kind kind = Guesses::Kind::kLong;
    seconds retry{0};

private:
    int next_ = 0;
};

using enum GuessLimiter::Answer;

}  // namespace

TEST_CASE("a short secret is served beyond the limit only while few others are tried there") {
    GuessLimiter limiter(5);
    limiter.kind = Guesses::Kind::kShort;
    CHECK(limiter.check("192.0.2.1", "right") == kRight);
    CHECK(limiter.guess("192.0.2.1") == 5);
    limiter.try_unchecked("192.0.2.1", 48);  // guess() has tried one
    CHECK(limiter.check("192.0.2.1", "right") == kRight);
    SUBCASE("then a guesser does not learn whether it is right") {
        limiter.try_unchecked("192.0.2.1", 1);
        CHECK(limiter.check("192.0.2.1", "right") == kNotChecked);
        CHECK(limiter.retry == seconds(12));
        // Elsewhere nothing is different, and when the guesser stops it is served again.
        CHECK(limiter.check("192.0.2.2", "right") == kRight);
        CHECK(limiter.check("192.0.2.1", "right", kStart + seconds(12)) == kRight);
    }
    SUBCASE("one more try a step") {
        limiter.try_unchecked("192.0.2.1", 200);
        const auto later = kStart + seconds(12);
        CHECK(limiter.guess("192.0.2.1", later) == 1);
        CHECK(limiter.check("192.0.2.1", "right", later) == kNotChecked);
    }
}

TEST_CASE("who repeats a credential that is not checked does not lock out a short secret") {
    GuessLimiter limiter(5);
    limiter.kind = Guesses::Kind::kShort;
    CHECK(limiter.check("192.0.2.1", "right") == kRight);
    CHECK(limiter.guess("192.0.2.1") == 5);
    for (int i = 0; i < 1'000; ++i) {
        CHECK(limiter.check("192.0.2.1", "not judged") == kNotChecked);
        CHECK(limiter.check("192.0.2.1", "right") == kRight);
    }
}

TEST_CASE("a long secret is served beyond the limit however many others are tried there") {
    GuessLimiter limiter(5);
    CHECK(limiter.check("192.0.2.1", "right") == kRight);
    CHECK(limiter.guess("192.0.2.1") == 5);
    limiter.try_unchecked("192.0.2.1", 1'000);
    CHECK(limiter.check("192.0.2.1", "right") == kRight);
    // It stays long for who shares its name with a short one: this program's own polls.
    limiter.kind = Guesses::Kind::kShort;
    CHECK(limiter.check("192.0.2.1", "right") == kRight);
    CHECK(limiter.check("192.0.2.1", "right") == kRight);
}

TEST_CASE("beyond the limit a PIN is not told to who shares an address with its owner") {
    GuessLimiter limiter(5, Guesses::Size::kFewCredentials, Guesses::Known::kRefused);
    CHECK(limiter.check("192.0.2.1", "right") == kRight);
    CHECK(limiter.guess("192.0.2.1") == 5);
    CHECK(limiter.check("192.0.2.1", "right") == kNotChecked);
    CHECK(limiter.check("192.0.2.1", "right", kStart + minutes(1)) == kRight);
    CHECK(limiter.check("192.0.2.2", "right") == kRight);
}

TEST_CASE("beyond the limit no credential is checked, not even the right one") {
    GuessLimiter limiter(5);
    CHECK(limiter.guess("192.0.2.1") == 5);
    CHECK(limiter.retry == seconds(12));
    CHECK(limiter.check("192.0.2.1", "right") == kNotChecked);
    CHECK(limiter.check("192.0.2.2", "right") == kRight);
    CHECK(limiter.check("192.0.2.1", "right", kStart + seconds(12)) == kRight);
}

TEST_CASE("further guesses are checked one by one, at the rate of the limit") {
    GuessLimiter limiter(5);
    CHECK(limiter.guess("192.0.2.1") == 5);
    CHECK(limiter.guess("192.0.2.1", kStart + seconds(11)) == 0);
    CHECK(limiter.guess("192.0.2.1", kStart + seconds(12)) == 1);
    CHECK(limiter.guess("192.0.2.1", kStart + seconds(36)) == 2);
    CHECK(limiter.guess("192.0.2.1", kStart + minutes(10)) == 5);
}

TEST_CASE("a credential that was recently right is accepted whatever others of its address guess") {
    GuessLimiter limiter(5);
    CHECK(limiter.check("192.0.2.1", "right") == kRight);
    CHECK(limiter.guess("192.0.2.1", kStart + seconds(1)) == 5);
    CHECK(limiter.check("192.0.2.1", "right", kStart + seconds(1)) == kRight);
    SUBCASE("for a day after it was last seen there") {
        CHECK(limiter.check("192.0.2.1", "right", kStart + hours(20)) == kRight);
        limiter.guess("192.0.2.1", kStart + hours(40));
        CHECK(limiter.check("192.0.2.1", "right", kStart + hours(40)) == kRight);
        limiter.guess("192.0.2.1", kStart + hours(65));
        CHECK(limiter.check("192.0.2.1", "right", kStart + hours(65)) == kNotChecked);
    }
    SUBCASE("only where it was seen") {
        limiter.guess("192.0.2.2");
        CHECK(limiter.check("192.0.2.2", "right") == kNotChecked);
    }
}

TEST_CASE("a device that always repeats the same wrong credential counts once") {
    GuessLimiter limiter(5);
    for (int i = 0; i < 1'000; ++i) {
        CHECK(limiter.check("192.0.2.1", "same", kStart + seconds(i)) == kWrong);
    }
    const auto then = kStart + seconds(1'000);
    CHECK(limiter.guess("192.0.2.1", then) == 5);
    CHECK(limiter.check("192.0.2.1", "same", then) == kWrong);
}

TEST_CASE("all addresses of an IPv6 /64 count as one caller") {
    GuessLimiter limiter(5);
    int checked = 0;
    for (int i = 0; i < 100; ++i) {
        const auto address = fmt::format("2001:db8::{:x}:{:x}", i * 77, i);
        if (limiter.check(address, fmt::format("g{}", i)) == kWrong) ++checked;
    }
    CHECK(checked == 5);
    CHECK(limiter.check("2001:db8::1", "right") == kNotChecked);
    CHECK(limiter.check("2001:db8:0:1::1", "right") == kRight);
    CHECK(limiter.guess("::ffff:192.0.2.1") == 5);
    CHECK(limiter.check("192.0.2.1", "right") == kNotChecked);
}

TEST_CASE("requests in flight when the limit is reached do not extend it") {
    GuessLimiter limiter(5);
    for (int i = 0; i < 100; ++i) {
        limiter.guesses.wrong(limiter.guesses.attempt("192.0.2.1", fmt::format("late {}", i)),
                              kStart);
    }
    CHECK(limiter.guess("192.0.2.1", kStart + seconds(12)) == 1);
}

TEST_CASE("a caller with many addresses does not displace what is remembered of others") {
    for (const auto size : {Guesses::Size::kFewCredentials, Guesses::Size::kManyCredentials}) {
        GuessLimiter limiter(20, size);
        CHECK(limiter.check("192.0.2.1", "right") == kRight);
        CHECK(limiter.guess("192.0.2.1") == 20);
        for (int i = 0; i < 200'000; ++i) {
            const auto address = fmt::format("2001:db8:{:x}:{:x}::1", i / 65'536, i % 65'536);
            limiter.check(address, fmt::format("g{}", i));
        }
        CHECK(limiter.guess("192.0.2.1") == 0);
        CHECK(limiter.check("192.0.2.1", "right") == kRight);
    }
}

TEST_CASE("one right credential from many addresses displaces few other credentials") {
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

TEST_CASE("without a limit every guess is checked") {
    GuessLimiter limiter(0);
    CHECK(limiter.guess("192.0.2.1") == 10'000);
}
