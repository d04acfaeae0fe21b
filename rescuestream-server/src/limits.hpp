#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rescuestream::server {

/// How often somebody may do something: `rate` times a second, and `burst` at once. Kept as one
/// time for each of them (the generic cell rate algorithm), for those who did it lately.
///
/// Thread-safety: all methods from any thread.
class RateLimit {
public:
    using Instant = std::chrono::steady_clock::time_point;

    struct Outcome {
        bool allowed = true;
        std::uint64_t remaining = 0;    ///< So many more at once.
        std::chrono::seconds reset{0};  ///< Until all of `burst` is there again; when it is not
                                        ///< allowed: until one is.
    };

    RateLimit(double rate, std::uint64_t burst) : rate_(rate), burst_(burst) {}

    Outcome take(std::string_view who, Instant now);
    double rate() const noexcept { return rate_; }
    std::uint64_t burst() const noexcept { return burst_; }

private:
    void drop_idle(Instant now);

    const double rate_;
    const std::uint64_t burst_;
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, Instant> due_;  ///< By hash: when the burst is whole again.
};

/// Wrong credentials, by the address that they come from. An encoder that is set up wrongly sends
/// the same one for ever; who guesses sends another one each time. So a loop is only told now and
/// then, and guesses are counted: beyond the limit they are refused as such. A right credential is
/// never refused here: it is looked at first, whatever else its address did.
///
/// Thread-safety: all methods from any thread.
class WrongCredentials {
public:
    using Instant = RateLimit::Instant;

    struct Outcome {
        bool too_many = false;          ///< Guesses, of this address.
        std::chrono::seconds retry{0};  ///< With `too_many`: a guess is free again then.
        std::uint64_t times = 1;        ///< How often this credential has come from there lately.
        bool is_news = true;  ///< Worth a line in the log: the 1st, 10th, 100th, … time.
    };

    /// `per_minute`: 0 for any number.
    explicit WrongCredentials(std::uint64_t per_minute);

    /// `is_guess`: it could be one; the value of a key that was revoked is none.
    Outcome note(std::string_view address, std::string_view credential, bool is_guess, Instant now);

private:
    struct Seen {
        std::uint64_t times = 0;
        Instant last;
    };
    void drop_old(Instant now);

    const bool is_limited_;
    RateLimit guesses_;
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, Seen> seen_;  ///< By a hash of address and credential.
};

}  // namespace rescuestream::server
