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

namespace rescuestream {

class PublishingStorage;

/// Lets publish decisions that are asked for at the same time share one step of the storage.
///
/// Who comes while no step is under way goes at once, alone. Those who come meanwhile wait, and
/// leave together when it has ended, or, with a further step beside it, when the first of them has
/// waited for `Limits::patience`: a step that is held up holds nobody else up for long. So a
/// question without company waits for nobody, and the more there are, the less each costs. Nobody
/// who asks holds a thread meanwhile.
///
/// Thread-safety: all methods from any thread; `start` and `stop` by one. Nobody may be waiting
/// when it ends.
class ClaimDesk {
public:
    using Instant = std::chrono::steady_clock::time_point;
    using Answer = Result<ClaimOutcome>;
    using Done = std::function<void(Answer)>;

    struct Limits {
        std::size_t steps = 8;        ///< At once, each on a thread.
        std::size_t seats = 64;       ///< Claims in one step. More would hold their rows for long.
        std::size_t waiting = 4'096;  ///< More are refused: the storage is overloaded.
        /// A step of many takes half of it. One that takes longer waits for a lock, or its storage
        /// is far away.
        std::chrono::milliseconds patience{10};
        std::chrono::milliseconds longest{1'500};  ///< From the question to its answer.
    };

    explicit ClaimDesk(PublishingStorage& storage) : ClaimDesk(storage, Limits()) {}
    ClaimDesk(PublishingStorage& storage, Limits limits);
    ~ClaimDesk();
    ClaimDesk(const ClaimDesk&) = delete;
    ClaimDesk& operator=(const ClaimDesk&) = delete;

    /// Before it, and after `stop`, each question is a step of its own on its caller's thread.
    void start();
    /// Answers those who wait.
    void stop();

    /// Storage::claim, or Storage::check_key for a claim without a connection. `done` is called
    /// once: on a thread of the desk, or, when it does not run or is full, on the caller's before
    /// this returns. kUnavailable when its turn does not come in time.
    void ask(ClaimRequest request, Done done);
    /// The same, and waits for the answer. Without company it is a step on the caller's thread.
    Answer ask(ClaimRequest request);

    /// Questions whose step has not begun.
    std::size_t waiting() const;

private:
    struct Question {
        ClaimRequest request;
        Done done;
        Instant asked_at;
    };
    using Trip = std::list<Question>;

    void work();
    void watch();
    // With the lock.
    bool is_busy() const { return under_way_ + turns_ > 0; }
    Trip take_trip();
    Trip take_late(Instant now);
    // Without it.
    // Takes the requests out of `trip`.
    std::vector<Answer> run(Trip& trip);
    void end_step();

    PublishingStorage& storage_;
    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable has_turn_;
    std::condition_variable is_watched_;
    std::list<Question> waiting_;
    std::size_t under_way_ = 0;
    std::size_t turns_ = 0;    // workers who were told to take a step, and have not begun it
    std::size_t resting_ = 0;  // workers
    bool running_ = false;
    bool stopping_ = false;
    bool watching_ = false;  // the watcher looks at the queue now and then, unasked
    std::vector<std::thread> workers_;
    std::thread watcher_;
};

}  // namespace rescuestream
