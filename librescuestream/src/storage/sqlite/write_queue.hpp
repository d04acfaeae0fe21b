#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <list>
#include <mutex>

#include "storage/sql/database.hpp"

namespace rescuestream::sqlite {

/// The order in which callers write: in that of their coming, one of them at a time, who leads. The
/// leader may take those who wait along and do their work with his own.
///
/// ClaimDesk is much like it, but forms its groups before it runs them. Here a leader takes the
/// others one by one, once he holds the database's lock: until then each of them can still give up
/// at his own deadline.
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
        const bool durable;          ///< On the disk before it is answered.
        bool one_statement = false;  ///< All that its work does.
        bool alone = false;          ///< Neither takes others along nor is taken.
        bool kept = false;           ///< What it wrote is to be committed.
        std::exception_ptr failure;  ///< Instead of an answer.

    private:
        friend class WriteQueue;
        enum class Place { kWaiting, kLeading, kInBatch, kDone };
        Place place_ = Place::kWaiting;
        std::condition_variable changed_;
    };
    /// A list, of which parts move without a failure: a caller that is lost would wait forever.
    using Batch = std::list<Job*>;

    /// Returns true when it is the caller's turn to lead, until `leave`, and false when another
    /// has done the job. Throws sql::Failure when neither happens until the deadline.
    bool enter(Job& job);

    // For the leader:

    /// The next who may come along, now at the end of `batch`, or nobody. Who has no time left, or
    /// wants his work on the disk when the leader does not, stays: a claim waits for no disk that
    /// it does not need itself.
    Job* take_along(const Job& leader, Batch& batch);
    /// They wait again, before all others, as if they had not been taken along.
    void put_back(Batch& batch);
    /// The last of `batch` gets his answer before the others, and is none of them any more.
    void answer_last(Batch& batch);
    /// All of `batch` get their answers, and the next caller leads.
    void leave(const Batch& batch);

    /// Callers whose work has not begun.
    std::size_t waiting() const;

private:
    static void move(Job& job, Job::Place place);

    mutable std::mutex mutex_;
    bool led_ = false;
    std::list<Job*> waiting_;
};

}  // namespace rescuestream::sqlite
