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

/// Something that is done again and again, at times that it names itself, and may take long.
class Recurring {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    struct Next {
        SteadyTime due;
        bool is_slow = false;  ///< It waited for somebody who does not answer, and will again.
    };

    virtual ~Recurring() = default;
    /// Does what is due. Never called twice at a time; must not throw.
    virtual Next take_turn() = 0;
};

/// Gives turns to many on few threads, so that one that hangs delays no other.
///
/// Threads are started when they are needed, up to a bound. Of those who answer, a few have a turn
/// at a time; one whose turn takes long is not counted among them any more, so the next one begins.
/// Those whose last turn was slow have a share of the threads of their own, smaller than all: when
/// it is used up they wait for one another, and the rest goes on.
///
/// Thread-safety: all methods from any thread.
class TurnPool {
public:
    using SteadyTime = Recurring::SteadyTime;

    struct Limits {
        std::size_t threads = 64;
        std::size_t slow = 48;  ///< Turns at a time of those whose last one was slow.
        std::size_t quick = 8;  ///< Turns at a time of the others, for as long as they are short:
        std::chrono::milliseconds short_turn{100};
    };

    TurnPool();
    explicit TurnPool(Limits limits);
    ~TurnPool();
    TurnPool(const TurnPool&) = delete;
    TurnPool& operator=(const TurnPool&) = delete;

    /// From now on it has turns, the first one at once.
    void add(std::shared_ptr<Recurring> recurring);
    /// It has no turn any more, and none is under way when this returns. Not added: nothing.
    void remove(const Recurring& recurring);
    /// It has a turn at `when` at the latest.
    void wake(const Recurring& recurring, SteadyTime when);
    /// Ends all threads; turns that are under way are finished first.
    void stop();

    /// How many threads there are.
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
    // Null: none is due, or none of those may have a turn now.
    Job* choose(SteadyTime now);
    // When `choose` may say something else, if nothing else happens.
    SteadyTime next_look(SteadyTime now) const;
    std::size_t count_short_turns(SteadyTime now) const;
    Job* find(const Recurring& recurring);
    // Somebody must look at the clock while others work.
    void need_watcher();

    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable watcher_wakes_;
    std::condition_variable idle_wakes_;
    std::condition_variable turn_ended_;
    std::list<Job> jobs_;
    std::size_t idle_ = 0;  // without the watcher
    bool has_watcher_ = false;
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace rescuestream
