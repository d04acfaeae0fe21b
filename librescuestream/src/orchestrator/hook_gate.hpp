#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "rescuestream/time.hpp"

namespace rescuestream {

/// Limits the queries to the media server that hooks cause. Anybody who reaches the routes of the
/// hooks can send them, and each query costs the media server. A hook causes a query at once; but
/// if the last query about its path found no change, the next one is at least `kPause` later, and
/// over all paths only `kVainPerSecond` queries that find no change are made in a second. A hook
/// without a query makes the next poll early.
///
/// Thread-safety: all methods may be called from any thread.
class HookGate {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::milliseconds kPause{500};
    static constexpr std::size_t kPaths = 4'096;  ///< Maximum of paths that are remembered.
    static constexpr double kVainPerSecond =
        50;  ///< Queries without a change; a burst may be twice as large.

    /// A permission for one query. It ends with the object.
    class Turn {
    public:
        Turn() = default;
        Turn(HookGate& gate, std::string path) : gate_(&gate), path_(std::move(path)) {}
        Turn(Turn&& other) noexcept : gate_(other.gate_), path_(std::move(other.path_)) {
            other.gate_ = nullptr;
        }
        Turn& operator=(Turn&&) = delete;
        ~Turn() {
            if (gate_ != nullptr) gate_->end(path_, changed_something_);
        }
        explicit operator bool() const noexcept { return gate_ != nullptr; }
        /// The query found a change: the next hook about this path causes a query at once.
        void changed_something() noexcept { changed_something_ = true; }

    private:
        HookGate* gate_ = nullptr;
        std::string path_;
        bool changed_something_ = false;
    };

    /// Returns a permission, or false if no query may be made now. Waits for the answer to a query
    /// about the path that is in flight.
    Turn admit(const std::string& path, const Clock& clock);

private:
    struct Path {
        SteadyTime asked;
        bool is_asked = false;  // now
        bool somebody_waits = false;
    };

    void end(const std::string& path, bool changed_something);
    bool make_room(SteadyTime now);
    bool wait_for_answer(const std::string& path, std::unique_lock<std::mutex>& lock);

    std::mutex mutex_;
    std::condition_variable answered_;
    std::unordered_map<std::string, Path> paths_;
    double allowed_ = 2 * kVainPerSecond;
    SteadyTime counted_{};
};

}  // namespace rescuestream
