#include "http/lane.hpp"

#include <pthread.h>

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

bool Lane::submit(Job job) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= limits_.waiting) return false;
        waiting_.push_back({std::move(job), steady_clock::now() + limits_.longest_wait});
        // Those at work look themselves before they rest.
        if (idle_ == 0) return true;
    }
    changed_.notify_one();
    return true;
}

void Lane::shed_late() {
    std::vector<Job> late;
    {
        const std::lock_guard lock(mutex_);
        const auto now = steady_clock::now();
        while (!waiting_.empty() && waiting_.front().latest < now) {
            late.push_back(std::move(waiting_.front().job));
            waiting_.pop_front();
        }
    }
    for (auto& job : late) job(true);
}

void Lane::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        while (waiting_.empty() && !ends_) {
            ++idle_;
            changed_.wait(lock);
            --idle_;
        }
        if (waiting_.empty()) return;
        Waiting next = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        next.job(steady_clock::now() > next.latest);
        next.job = nullptr;
        lock.lock();
    }
}

}  // namespace rescuestream::server
