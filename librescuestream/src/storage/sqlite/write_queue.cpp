#include "storage/sqlite/write_queue.hpp"

#include <algorithm>

namespace rescuestream::sqlite {

using std::chrono::steady_clock;

bool WriteQueue::enter(Job& job) {
    using Place = Job::Place;
    std::unique_lock lock(mutex_);
    if (!led_) {  // then no caller waits; see `leave`
        led_ = true;
        job.place_ = Place::kLeading;
        return true;
    }
    waiting_.push_back(&job);
    while (true) {
        const bool moved = job.changed_.wait_until(lock, job.deadline,
                                                   [&] { return job.place_ != Place::kWaiting; });
        if (!moved) {
            waiting_.remove(&job);
            throw sql::Failure{sql::Failure::Kind::kUnavailable,
                               "other callers were writing until the deadline"};
        }
        // The leader uses references to data of this caller.
        job.changed_.wait(lock, [&] { return job.place_ != Place::kInBatch; });
        if (job.place_ == Place::kWaiting) continue;  // the leader has put it back
        return job.place_ == Place::kLeading;
    }
}

WriteQueue::Job* WriteQueue::take_along(const Job& leader, Batch& batch) {
    if (leader.alone) return nullptr;
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return nullptr;
    const auto now = steady_clock::now();
    const auto next = std::find_if(waiting_.begin(), waiting_.end(), [&](const Job* job) {
        return !job->alone && (leader.durable || !job->durable) && now < job->deadline;
    });
    if (next == waiting_.end()) return nullptr;
    batch.splice(batch.end(), waiting_, next);
    batch.back()->place_ = Job::Place::kInBatch;  // no caller has to be woken for it
    return batch.back();
}

void WriteQueue::put_back(Batch& batch) {
    const std::lock_guard lock(mutex_);
    for (auto* job : batch) move(*job, Job::Place::kWaiting);
    waiting_.splice(waiting_.begin(), batch);
}

void WriteQueue::answer_last(Batch& batch) {
    const std::lock_guard lock(mutex_);
    move(*batch.back(), Job::Place::kDone);
    batch.pop_back();
}

void WriteQueue::leave(const Batch& batch) {
    const std::lock_guard lock(mutex_);
    led_ = !waiting_.empty();
    if (led_) {
        // Before the answers, so that the database is idle for as short as possible.
        Job* const next = waiting_.front();
        waiting_.pop_front();
        move(*next, Job::Place::kLeading);
    }
    for (auto* job : batch) move(*job, Job::Place::kDone);
}

std::size_t WriteQueue::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

// With the lock, because a caller that sees its answer leaves and destroys its condition variable.
void WriteQueue::move(Job& job, Job::Place place) {
    job.place_ = place;
    job.changed_.notify_one();
}

}  // namespace rescuestream::sqlite
