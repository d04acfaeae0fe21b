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

/// Whether the media server is asked about a path because of a hook. Anybody who reaches the hooks'
/// routes can send them, and each question costs the media server: a hook is followed by a question
/// at once, but when the last question about its path found nothing new, the next one is at least
/// half a second later; and so many questions that find nothing new are asked in a second, whatever
/// their paths, and no more. For hooks that are not followed by a question the next poll is early.
///
/// Thread-safety: all methods from any thread.
class HookGate {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::milliseconds kPause{500};
    static constexpr std::size_t kPaths = 4'096;  ///< As many are remembered.
    static constexpr double kVainPerSecond = 50;  ///< Twice as many at once.

    /// A permission to ask. It ends with the object.
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
        /// The hook was right: the next one about this path is followed by a question at once.
        void changed_something() noexcept { changed_something_ = true; }

    private:
        HookGate* gate_ = nullptr;
        std::string path_;
        bool changed_something_ = false;
    };

    /// False: not now. Waits for the answer to a question about the path that is under way.
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
