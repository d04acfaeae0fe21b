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

namespace rescuestream::sqlite {

/// All writing of this program to a database file: callers who come at the same time share a
/// transaction, and so its wait for the disk.
///
/// The work is done on the thread of one of the callers, not on a thread of its own: who comes
/// alone is answered without a change of threads, which would cost more than a claim does. One
/// connection writes for all, with PRAGMA synchronous as each batch needs it: of two, each would
/// drop its pages from memory whenever the other had written.
///
/// Thread-safety: all methods may be called from any thread. No caller may be inside when it ends.
class Writer {
public:
    using Deadline = WriteQueue::Deadline;
    using Step = WriteQueue::Work;

    /// Of those who are taken along, for the first waits for the last.
    struct Limits {
        std::size_t max_batch = 64;
        /// Nobody is taken along later after the beginning.
        std::chrono::steady_clock::duration fill_time = std::chrono::milliseconds(10);
        /// Of one of them. Whoever needs longer is done alone, and holds up nobody's answer.
        std::chrono::steady_clock::duration share = std::chrono::milliseconds(50);
    };

    /// Throws sql::Failure. `on_commit` is told how many pages the write-ahead log has.
    Writer(const std::string& path, Deadline deadline, std::function<void(int)> on_commit)
        : Writer(path, deadline, std::move(on_commit), Limits()) {}
    Writer(const std::string& path, Deadline deadline, std::function<void(int)> on_commit,
           Limits limits);

    // Each throws sql::Failure, and what the work throws.

    /// A step that is on the disk when this returns, or undone if it says so. It may run more than
    /// once, on any thread; what it does is undone before.
    void write(const Step& step, Deadline deadline);
    /// The same in a transaction of its own, which others wait for.
    void write_alone(const Step& step, Deadline deadline);
    /// One statement, for each of `claims`: all of them or none. A crash of the machine may take
    /// them back.
    std::vector<std::unique_ptr<sql::Rows>> claim(const std::string& statement,
                                                  const std::vector<const sql::Values*>& claims,
                                                  Deadline deadline);
    /// Runs `work` while nobody in this program writes.
    void hold(const std::function<void()>& work, Deadline deadline);

    /// Callers whose work has not begun.
    std::size_t waiting() const { return queue_.waiting(); }

private:
    using Job = WriteQueue::Job;
    using Batch = WriteQueue::Batch;

    void run(Job& job);
    // Does not throw: gives the leader and the batch, which it returns, their failures.
    Batch lead(Job& leader);
    bool fill(const Job& leader, Batch& batch, Deadline full);
    bool run_part(Job& job);

    Connection connection_;
    const std::function<void(int)> on_commit_;
    const Limits limits_;
    WriteQueue queue_;
};

}  // namespace rescuestream::sqlite
