#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace rescuestream {

/// A task that runs repeatedly at times that it chooses itself. One run may take long.
class Recurring {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    struct Next {
        SteadyTime due;
        bool is_slow = false;  ///< The run waited for something that does not answer, and the next
                               ///< one will, too.
    };

    virtual ~Recurring() = default;
    /// Runs once and returns when the next run is due. There are no concurrent calls for one task.
    /// Must not throw.
    virtual Next take_turn() = 0;
};

/// Runs many recurring tasks on few threads so that a task that blocks does not delay the others.
///
/// Threads are started when they are needed, up to a limit. Of the tasks whose last turn was quick,
/// `quick` run at a time; a turn that takes longer than `short_turn` no longer counts, so the next
/// task begins. Tasks whose last turn was slow may use at most `slow` threads: beyond that they
/// wait for each other, and the quick tasks continue.
///
/// Thread-safety: all methods may be called from any thread.
class TurnPool {
public:
    using SteadyTime = Recurring::SteadyTime;

    struct Limits {
        std::size_t threads = 64;
        std::size_t slow = 48;  ///< Maximum of concurrent turns of tasks whose last turn was slow.
        std::size_t quick =
            8;  ///< Maximum of concurrent turns of the others, not counting long ones:
        std::chrono::milliseconds short_turn{100};
    };

    TurnPool();
    explicit TurnPool(Limits limits);
    ~TurnPool();
    TurnPool(const TurnPool&) = delete;
    TurnPool& operator=(const TurnPool&) = delete;

    /// Adds a task. Its first turn is due at once.
    void add(std::shared_ptr<Recurring> recurring);
    /// Removes a task and waits for the end of its present turn. Does nothing if it was not added.
    void remove(const Recurring& recurring);
    /// Makes the next turn due at `when` at the latest.
    void wake(const Recurring& recurring, SteadyTime when);
    /// Ends all threads after the present turns.
    void stop();

    /// Number of threads.
    std::size_t threads() const;

private:
    struct Job {
        std::shared_ptr<Recurring> recurring;
        SteadyTime due;
        SteadyTime begun;
        bool has_turn = false;
        bool is_slow = false;
        bool leaves = false;
    };

    void work();
    // Returns a task that may run now, or null if there is none.
    Job* choose(SteadyTime now);
    // Returns the time at which the result of `choose` may change by itself.
    SteadyTime next_check(SteadyTime now) const;
    std::size_t count_short_turns(SteadyTime now) const;
    Job* find(const Recurring& recurring);
    // Makes sure that one thread waits for the next due time while others work.
    void need_watcher();

    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable watcher_wakes_;
    std::condition_variable idle_wakes_;
    std::condition_variable turn_ended_;
    std::list<Job> jobs_;
    std::size_t idle_ = 0;  // idle threads without the watcher
    bool has_watcher_ = false;
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace rescuestream
