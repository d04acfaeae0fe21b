#include "orchestrator/hook_gate.hpp"

#include <algorithm>
#include <iterator>

namespace rescuestream {
namespace {

// Longest wait; it occupies a worker thread that serves hooks.
constexpr std::chrono::seconds kLongestWait{1};

}  // namespace

HookGate::Turn HookGate::admit(const std::string& path, const Clock& clock) {
    std::unique_lock lock(mutex_);
    if (!wait_for_answer(path, lock)) return {};
    const SteadyTime now = clock.steady_now();
    const double passed = std::chrono::duration<double>(now - counted_).count();
    allowed_ = std::min(allowed_ + passed * kVainPerSecond, 2 * kVainPerSecond);
    counted_ = now;
    if (allowed_ < 1) return {};
    const auto found = paths_.find(path);
    if (found == paths_.end()) {
        if (!make_room(now)) return {};
        paths_.emplace(path, Path{now, true, false});
    } else {
        if (now - found->second.asked < kPause) return {};
        found->second = {now, true, false};
    }
    allowed_ -= 1;
    return Turn(*this, path);
}

// The answer to a query in flight may describe the state before this hook. One of the hooks that
// arrive meanwhile waits and then queries again for all of them.
bool HookGate::wait_for_answer(const std::string& path, std::unique_lock<std::mutex>& lock) {
    const auto is_asked = [&] {
        const auto found = paths_.find(path);
        return found != paths_.end() && found->second.is_asked;
    };
    if (!is_asked()) return true;
    bool& somebody_waits = paths_.at(path).somebody_waits;
    if (somebody_waits) return false;
    somebody_waits = true;
    return answered_.wait_for(lock, kLongestWait, [&] { return !is_asked(); });
}

void HookGate::end(const std::string& path, bool changed_something) {
    const std::lock_guard lock(mutex_);
    const auto found = paths_.find(path);
    if (found == paths_.end()) return;
    if (changed_something) {
        allowed_ += 1;
        paths_.erase(found);
    } else {
        found->second.is_asked = false;
    }
    answered_.notify_all();
}

bool HookGate::make_room(SteadyTime now) {
    if (paths_.size() < kPaths) return true;
    for (auto path = paths_.begin(); path != paths_.end();) {
        const bool is_over = !path->second.is_asked && now - path->second.asked >= kPause;
        path = is_over ? paths_.erase(path) : std::next(path);
    }
    return paths_.size() < kPaths;
}

}  // namespace rescuestream
