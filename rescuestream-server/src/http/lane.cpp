#include "http/lane.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include <utility>

namespace rescuestream::server {

using std::chrono::steady_clock;

Lane::Lane(const char* name, LaneLimits limits) : limits_(limits) {
    workers_.reserve(limits_.workers);
    for (std::size_t i = 0; i < limits_.workers; ++i) {
        workers_.emplace_back([this] { work(); });
        pthread_setname_np(workers_.back().native_handle(), name);
    }
}

Lane::~Lane() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    changed_.notify_all();
    for (auto& worker : workers_) worker.join();
}

bool Lane::submit(Job job, bool is_preferred) {
    {
        const std::lock_guard lock(mutex_);
        const std::size_t places = limits_.waiting - (is_preferred ? 0 : limits_.kept);
        if (preferred_.size() + waiting_.size() >= places) {
            ++shed_;
            return false;
        }
        (is_preferred ? preferred_ : waiting_)
            .push_back({std::move(job), steady_clock::now() + limits_.longest_wait});
        // Busy workers check the queue themselves before they become idle.
        if (idle_ == 0) return true;
    }
    changed_.notify_one();
    return true;
}

void Lane::shed_late() {
    std::vector<Job> late;
    {
        const std::lock_guard lock(mutex_);
        take_late(preferred_, late);
        take_late(waiting_, late);
    }
    shed_ += late.size();
    for (auto& job : late) job(true);
}

std::size_t Lane::waiting() const {
    const std::lock_guard lock(mutex_);
    return preferred_.size() + waiting_.size();
}

void Lane::take_late(std::deque<Waiting>& from, std::vector<Job>& late) {
    const auto now = steady_clock::now();
    while (!from.empty() && from.front().latest < now) {
        late.push_back(std::move(from.front().job));
        from.pop_front();
    }
}

void Lane::work() {
    // On Linux this applies to the calling thread alone. Source: setpriority(2), "C library/kernel
    // differences".
    if (limits_.nice != 0) setpriority(PRIO_PROCESS, 0, limits_.nice);
    std::unique_lock lock(mutex_);
    while (true) {
        while (preferred_.empty() && waiting_.empty() && !ends_) {
            ++idle_;
            changed_.wait(lock);
            --idle_;
        }
        auto& from = preferred_.empty() ? waiting_ : preferred_;
        if (from.empty()) return;
        Waiting next = std::move(from.front());
        from.pop_front();
        lock.unlock();
        const bool too_late = steady_clock::now() > next.latest;
        if (too_late) ++shed_;
        next.job(too_late);
        next.job = nullptr;
        lock.lock();
    }
}

}  // namespace rescuestream::server
