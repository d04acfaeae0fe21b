#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

namespace rescuestream::server {

/// Limits how much this server stores of answers to requests with an Idempotency-Key, for each
/// caller and for all of them, within the 24 hours for which they are kept. A restart forgets what
/// was counted.
///
/// Thread-safety: all methods may be called from any thread.
class KeptAnswersQuota {
public:
    using Clock = std::chrono::steady_clock;

    struct Limits {
        std::uint64_t of_caller = 64ULL * 1024 * 1024;  ///< Bytes.
        std::uint64_t of_all = 256ULL * 1024 * 1024;
        /// A caller with less has room also when the others have used up `of_all`.
        std::uint64_t always = 1024ULL * 1024;
    };

    KeptAnswersQuota() : KeptAnswersQuota(Limits()) {}
    explicit KeptAnswersQuota(Limits limits) : limits_(limits) {}

    /// Returns whether another answer to `caller` may be stored at `now`.
    bool has_room(const std::string& caller, Clock::time_point now);
    /// Counts an answer of `size` bytes. A small one counts as 1 KiB, with what is stored about it.
    void add(const std::string& caller, std::size_t size, Clock::time_point now);

private:
    using Sums = std::unordered_map<std::string, std::uint64_t>;

    void forget_expired(Clock::time_point now);

    const Limits limits_;
    std::mutex mutex_;
    std::map<std::int64_t, Sums> hours_;
    Sums of_caller_;
    std::uint64_t of_all_ = 0;
};

}  // namespace rescuestream::server
