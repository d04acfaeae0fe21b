#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include "rescuestream/claims.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/tracer.hpp"

namespace rescuestream {

class PublishingStorage;

/// Decides publish requests that arrive at the same time in batches: each batch is one step of the
/// storage.
///
/// A request that arrives while no step is in flight is decided at once, alone. Requests that
/// arrive meanwhile wait and become one batch when the step ends. If the first of them has waited
/// for `Limits::max_delay`, the batch starts beside the step in flight, so that a blocked step does
/// not delay the others for long. So a single request never waits for others, and the cost of each
/// decreases with their number. A waiting request does not occupy a thread.
///
/// Thread-safety: all methods may be called from any thread, `start` and `stop` only from one. No
/// caller may wait in `ask` when the object is destroyed.
class ClaimDesk {
public:
    using Instant = std::chrono::steady_clock::time_point;
    using Answer = Result<ClaimOutcome>;
    using Done = std::function<void(Answer)>;

    struct Limits {
        std::size_t steps = 8;  ///< Maximum of steps in flight, each on its own thread.
        std::size_t max_batch =
            64;  ///< Maximum of claims in one step. Larger batches lock their rows for too long.
        std::size_t waiting = 4'096;  ///< Maximum of waiting requests. Further ones are refused
                                      ///< because the storage is overloaded.
        /// Longest time that the first request of a batch waits for the step in flight. A step with
        /// a full batch takes half of it; one that takes longer waits for a lock, or its storage is
        /// far away.
        std::chrono::milliseconds max_delay{10};
        std::chrono::milliseconds longest{1'500};  ///< Longest time from a request to its answer.
    };

    explicit ClaimDesk(PublishingStorage& storage) : ClaimDesk(storage, Limits()) {}
    ClaimDesk(PublishingStorage& storage, Limits limits);
    ~ClaimDesk();
    ClaimDesk(const ClaimDesk&) = delete;
    ClaimDesk& operator=(const ClaimDesk&) = delete;

    /// Starts the threads. Before `start` and after `stop` each request is a step of its own on its
    /// caller's thread.
    void start();
    /// Answers the requests that wait, then ends the threads.
    void stop();

    /// Carries out Storage::claim, or Storage::check_key for a request without a connection. Calls
    /// `done` once: on a thread of this object, on which the span of the batch is the current one,
    /// or, if it is not started or has too many waiting requests, on the caller's thread before
    /// this returns. kUnavailable: the request's turn did not come in time.
    void ask(ClaimRequest request, Done done);
    /// The same, but waits for the answer. If no step is in flight, the step runs on the caller's
    /// thread.
    Answer ask(ClaimRequest request);

    /// Number of requests whose step has not begun.
    std::size_t waiting() const;

private:
    struct Question {
        ClaimRequest request;
        Done done;
        Instant asked_at;
        ActiveSpan span;  ///< Of the caller; without a tracer: there is none.
    };
    using Batch = std::list<Question>;

    void work();
    void watch();
    // These need the lock.
    bool is_busy() const { return under_way_ + turns_ > 0; }
    Batch take_batch();
    Batch take_late(Instant now);
    static Span span_of(const Batch& batch);
    // These are called without the lock. Moves the requests out of `batch`.
    std::vector<Answer> run(Batch& batch);
    void end_step();

    PublishingStorage& storage_;
    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable has_turn_;
    std::condition_variable is_watched_;
    std::list<Question> waiting_;
    std::size_t under_way_ = 0;
    std::size_t turns_ = 0;         // workers that were woken for a step and have not begun it
    std::size_t idle_workers_ = 0;  // workers that wait for a step
    bool running_ = false;
    bool stopping_ = false;
    bool watching_ = false;  // the watcher checks the queue regularly
    std::vector<std::thread> workers_;
    std::thread watcher_;
};

}  // namespace rescuestream
