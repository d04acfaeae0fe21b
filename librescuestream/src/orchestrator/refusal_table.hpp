#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "rescuestream/refused_attempts.hpp"

namespace rescuestream {

/// Returns `attempt` as it is counted: its texts are masked and shortened (texts that are not valid
/// are empty), and `network` and `id` are set.
RefusedAttempt countable(RefusedAttempt attempt);

/// Refused attempts that are not stored yet, by their id. It has a fixed size: when a place is
/// needed, the attempt that was refused the longest ago is lost. Those without an existing key
/// never displace those with one.
///
/// Thread-safety: none.
class RefusalTable {
public:
    static constexpr std::size_t kPlaces = 512;  ///< For those with a key, and for the others.
    /// A key, and a network that has no key, gets so many entries within ten minutes; further ones
    /// share entries whose path is kOtherPaths. Otherwise one client could fill the list with
    /// paths. All viewers behind one router or proxy are one network, so it gets more.
    static constexpr std::size_t kEntriesOfKey = 16;
    static constexpr std::size_t kEntriesOfNetwork = 128;
    static constexpr std::string_view kOtherPaths = "*";

    /// Adds an attempt, which `countable` has returned.
    void add(RefusedAttempt attempt);
    /// Adds what `take` has returned and could not be stored.
    void put_back(std::vector<RefusedAttempt> attempts);
    /// Removes at most `most` attempts and returns them: those with a key first, then those that
    /// have waited the longest.
    std::vector<RefusedAttempt> take(std::size_t most);
    std::size_t size() const noexcept { return with_key_.size() + others_.size(); }

private:
    // Attempts in the order of their last refusal.
    class Lane {
    public:
        void add(RefusedAttempt attempt);
        void take(std::size_t most, std::vector<RefusedAttempt>& out);
        std::size_t size() const noexcept { return order_.size(); }

    private:
        std::list<RefusedAttempt> order_;
        std::map<RefusedAttemptId, std::list<RefusedAttempt>::iterator> by_id_;
    };

    // By key or network, in this window.
    struct Entries {
        std::size_t most;  // of one sender
        std::map<std::string, std::set<RefusedAttemptId>> by_sender;
    };

    void limit_paths(RefusedAttempt& attempt, Entries& entries, const std::string& sender);

    Lane with_key_;
    Lane others_;
    Timestamp window_begun_{};
    Entries of_network_{kEntriesOfNetwork, {}};
    Entries of_key_{kEntriesOfKey, {}};
};

}  // namespace rescuestream
