#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/write_queue.hpp"
#include "support/counters.hpp"

namespace rescuestream::sqlite {

/// Carries out all writes of this program to a database file. Concurrent callers share a
/// transaction (a batch), and so its wait for the disk.
///
/// The work is done on the thread of one of the callers, not on a separate thread, because a switch
/// of threads would cost more than a claim does. One connection writes for all, with PRAGMA
/// synchronous as each batch needs it: with two connections, each would drop its cached pages
/// whenever the other has written.
///
/// Thread-safety: all methods may be called from any thread. No call may be in progress when the
/// object is destroyed.
class Writer {
public:
    using Deadline = WriteQueue::Deadline;
    using Step = WriteQueue::Work;

    /// Limits of a batch, whose first caller waits for the last.
    struct Limits {
        std::size_t max_batch = 64;
        /// Time after the beginning of a batch in which further jobs may join it.
        std::chrono::steady_clock::duration fill_time = std::chrono::milliseconds(10);
        /// Maximum time of one job in a batch. A job that needs longer runs alone and does not
        /// delay the others.
        std::chrono::steady_clock::duration share = std::chrono::milliseconds(50);
    };

    /// Throws sql::Failure. `on_commit` gets the number of pages in the write-ahead log.
    Writer(const std::string& path, Deadline deadline, std::function<void(int)> on_commit)
        : Writer(path, deadline, std::move(on_commit), Limits()) {}
    Writer(const std::string& path, Deadline deadline, std::function<void(int)> on_commit,
           Limits limits);

    // Each method throws sql::Failure, and what the work throws.

    /// Runs a step. When this returns, it is on the disk, or undone if the step returned false. It
    /// may run more than once, on any thread; its previous run is undone before.
    void write(const Step& step, Deadline deadline);
    /// The same in a transaction of its own.
    void write_alone(const Step& step, Deadline deadline);
    /// Runs one statement for each of `claims` in one transaction. A crash of the machine may undo
    /// it.
    std::vector<std::unique_ptr<sql::Rows>> claim(const std::string& statement,
                                                  const std::vector<const sql::Values*>& claims,
                                                  Deadline deadline);
    /// Runs `work` while this program does not write.
    void hold(const std::function<void()>& work, Deadline deadline);

    /// Number of callers whose work has not begun.
    std::size_t waiting() const { return queue_.waiting(); }
    /// Returns how many callers shared each transaction.
    Distribution group_sizes() const { return group_sizes_.read(); }

private:
    using Job = WriteQueue::Job;
    using Batch = WriteQueue::Batch;

    void run(Job& job);
    // Does not throw. Stores failures in the leader and in the jobs of the batch, which it returns.
    Batch lead(Job& leader);
    bool fill(const Job& leader, Batch& batch, Deadline full);
    bool run_part(Job& job);

    Connection connection_;
    const std::function<void(int)> on_commit_;
    const Limits limits_;
    WriteQueue queue_;
    Histogram group_sizes_{kSizesOfGroups};
};

}  // namespace rescuestream::sqlite
