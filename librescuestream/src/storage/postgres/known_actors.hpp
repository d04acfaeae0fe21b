#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

namespace rescuestream::postgres {

/// Actors of audit entries whose names are in the database for certain, so that a statement need
/// not add them again. A name counts for `kTrusted` after it was added, because somebody may put
/// another database in the place of this one.
///
/// Thread-safety: all methods may be called from any thread.
class KnownActors {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds kTrusted{60};
    static constexpr std::size_t kMostNames = 256;

    bool knows(const std::string& name, Clock::time_point now) const {
        const std::lock_guard lock(mutex_);
        const auto found = until_.find(name);
        return found != until_.end() && now < found->second;
    }
    /// An entry of `name` was committed in a statement that began at `began`. If the name was known
    /// then, the statement has not added it, and this changes nothing.
    void add(const std::string& name, Clock::time_point began) {
        const std::lock_guard lock(mutex_);
        const auto found = until_.find(name);
        if (found != until_.end() && began < found->second) return;
        if (found == until_.end() && until_.size() >= kMostNames) until_.clear();
        until_[name] = began + kTrusted;
    }

private:
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Clock::time_point> until_;
};

}  // namespace rescuestream::postgres
