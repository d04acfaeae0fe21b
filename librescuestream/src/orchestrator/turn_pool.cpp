#include "orchestrator/turn_pool.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <utility>

namespace rescuestream {

TurnPool::TurnPool() : TurnPool(Limits{}) {}

TurnPool::TurnPool(Limits limits) : limits_(limits) {}

TurnPool::~TurnPool() {
    stop();
}

void TurnPool::add(std::shared_ptr<Recurring> recurring) {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ || find(*recurring) != nullptr) return;
    Job job;
    job.recurring = std::move(recurring);
    job.due = std::chrono::steady_clock::now();
    jobs_.push_back(std::move(job));
    need_watcher();
}

void TurnPool::remove(const Recurring& recurring) {
    std::unique_lock lock(mutex_);
    const auto is_it = [&](const Job& job) { return job.recurring.get() == &recurring; };
    if (Job* const job = find(recurring)) job->leaves = true;
    std::list<Job> left;  // destroyed without the lock
    turn_ended_.wait(lock, [&] {
        const auto job = std::find_if(jobs_.begin(), jobs_.end(), is_it);
        if (job == jobs_.end()) return true;
        if (job->has_turn) return false;
        left.splice(left.end(), jobs_, job);
        return true;
    });
    lock.unlock();
}

void TurnPool::wake(const Recurring& recurring, SteadyTime when) {
    const std::lock_guard lock(mutex_);
    Job* const job = find(recurring);
    if (job == nullptr || job->due <= when) return;
    job->due = when;
    need_watcher();
}

void TurnPool::stop() {
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        threads.swap(threads_);
    }
    watcher_wakes_.notify_all();
    idle_wakes_.notify_all();
    for (auto& thread : threads) thread.join();
    std::list<Job> left;  // destroyed without the lock
    const std::lock_guard lock(mutex_);
    left.swap(jobs_);
}

std::size_t TurnPool::threads() const {
    const std::lock_guard lock(mutex_);
    return threads_.size();
}

TurnPool::Job* TurnPool::find(const Recurring& recurring) {
    for (auto& job : jobs_) {
        if (job.recurring.get() == &recurring) return &job;
    }
    return nullptr;
}

void TurnPool::need_watcher() {
    if (has_watcher_) {
        watcher_wakes_.notify_one();
    } else if (idle_ > 0) {
        idle_wakes_.notify_one();
    } else if (threads_.size() < limits_.threads && !is_stopping_) {
        threads_.emplace_back([this, number = threads_.size() + 1] {
            // The name is shown by tools that list threads.
            pthread_setname_np(pthread_self(), fmt::format("poll {}", number).c_str());
            work();
        });
    }
}

std::size_t TurnPool::count_short_turns(SteadyTime now) const {
    return static_cast<std::size_t>(std::count_if(jobs_.begin(), jobs_.end(), [&](const Job& job) {
        return job.has_turn && !job.is_slow && now - job.begun < limits_.short_turn;
    }));
}

TurnPool::Job* TurnPool::choose(SteadyTime now) {
    const auto slow_turns = static_cast<std::size_t>(std::count_if(
        jobs_.begin(), jobs_.end(), [](const Job& job) { return job.has_turn && job.is_slow; }));
    const bool quick_may = count_short_turns(now) < limits_.quick;
    const bool slow_may = slow_turns < limits_.slow;
    Job* chosen = nullptr;
    for (auto& job : jobs_) {
        if (job.has_turn || job.leaves || job.due > now) continue;
        if (!(job.is_slow ? slow_may : quick_may)) continue;
        const bool is_better =
            chosen == nullptr ||
            (job.is_slow == chosen->is_slow ? job.due < chosen->due : chosen->is_slow);
        if (is_better) chosen = &job;
    }
    return chosen;
}

TurnPool::SteadyTime TurnPool::next_check(SteadyTime now) const {
    SteadyTime next = now + std::chrono::minutes(1);
    bool quick_waits = false;
    for (const auto& job : jobs_) {
        if (job.has_turn) continue;
        if (job.due > now) next = std::min(next, job.due);
        quick_waits = quick_waits || (job.due <= now && !job.is_slow);
    }
    if (!quick_waits) return next;
    for (const auto& job : jobs_) {
        const auto is_long_at = job.begun + limits_.short_turn;
        if (job.has_turn && !job.is_slow && is_long_at > now) next = std::min(next, is_long_at);
    }
    return next;
}

void TurnPool::work() {
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        const auto now = std::chrono::steady_clock::now();
        Job* const job = choose(now);
        if (job == nullptr && has_watcher_) {
            ++idle_;
            idle_wakes_.wait(lock);
            --idle_;
            continue;
        }
        if (job == nullptr) {
            has_watcher_ = true;
            watcher_wakes_.wait_until(lock, next_check(now));
            has_watcher_ = false;
            continue;
        }
        job->has_turn = true;
        job->begun = now;
        job->due = SteadyTime::max();
        need_watcher();
        lock.unlock();
        const Recurring::Next next = job->recurring->take_turn();
        lock.lock();
        job->has_turn = false;
        job->is_slow = next.is_slow;
        job->due = std::min(job->due, next.due);  // `wake` may have been called meanwhile
        turn_ended_.notify_all();
        if (has_watcher_) watcher_wakes_.notify_one();
    }
}

}  // namespace rescuestream
