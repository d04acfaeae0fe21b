#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <list>
#include <mutex>

#include "rescuestream/tracer.hpp"
#include "storage/sql/database.hpp"

namespace rescuestream::sqlite {

/// Determines the order in which callers write. They lead in the order of their arrival, one at a
/// time. The leader may add waiting callers to its batch and do their work together with its own.
///
/// ClaimDesk is similar, but forms a batch before it runs it. Here the leader adds the others one
/// by one after it has the database's lock, so that until then each of them can still give up at
/// its own deadline.
///
/// Thread-safety: all methods may be called from any thread.
class WriteQueue {
public:
    using Deadline = std::chrono::steady_clock::time_point;
    using Work = sql::Database::Step;

    class Job {
    public:
        Job(const Work& asked, Deadline latest, bool durably)
            : work(asked), deadline(latest), durable(durably) {}

        const Work& work;
        const Deadline deadline;
        const bool durable;          ///< It must be on the disk before it is answered.
        bool one_statement = false;  ///< Its work is a single statement.
        bool alone = false;          ///< It shares no batch.
        bool kept = false;           ///< Its writes have to be committed.
        const ActiveSpan* const span = current_span();  ///< The caller's.
        std::exception_ptr failure;                     ///< The failure, if there is one.

    private:
        friend class WriteQueue;
        enum class Place { kWaiting, kLeading, kInBatch, kDone };
        Place place_ = Place::kWaiting;
        std::condition_variable changed_;
    };
    /// A list, because elements can be moved between lists without an allocation: a caller that is
    /// lost would wait forever.
    using Batch = std::list<Job*>;

    /// Returns true when the caller becomes the leader, until `leave`, and false when another
    /// leader has done the job. Throws sql::Failure if neither happens until the deadline.
    bool enter(Job& job);

    // Only for the leader:

    /// Appends the next suitable job to `batch` and returns it, or returns null. A job without time
    /// left is not suitable. Neither is a durable job if the leader's is not: a claim must not wait
    /// for a disk write that it does not need itself.
    Job* take_along(const Job& leader, Batch& batch);
    /// Moves the jobs of `batch` back to the front of the queue.
    void put_back(Batch& batch);
    /// Removes the last job from `batch` and answers it before the others.
    void answer_last(Batch& batch);
    /// Answers all jobs of `batch` and makes the next caller the leader.
    void leave(const Batch& batch);

    /// Number of callers whose work has not begun.
    std::size_t waiting() const;

private:
    static void move(Job& job, Job::Place place);

    mutable std::mutex mutex_;
    bool led_ = false;
    std::list<Job*> waiting_;
};

}  // namespace rescuestream::sqlite
