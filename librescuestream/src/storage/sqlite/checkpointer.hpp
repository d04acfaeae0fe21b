#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/writer.hpp"
#include "support/counters.hpp"

namespace rescuestream::sqlite {

/// Copies the write-ahead log into the database file while other threads read and write.
///
/// SQLite starts the log anew, instead of extending it, when all of it has been copied and no
/// reader uses it. With continuous writes the copy is never complete. So when the log has become
/// long, writers are blocked while its last few pages are copied, which takes about as long as one
/// durable write.
///
/// Thread-safety: `log_has` may be called from any thread, one at a time.
class Checkpointer {
public:
    /// `writer` must outlive this object. Opens the database when there is work.
    Checkpointer(std::string path, Writer& writer);
    /// Ends the thread after the present checkpoint.
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// Reports the number of pages in the log. Call it after each commit.
    void log_has(int pages);

    /// Returns how long the checkpoints took.
    Distribution seconds() const { return seconds_.read(); }

private:
    enum class Task { kCopy, kShorten, kEnd };

    void run();
    Task wait();
    void copy(Connection& connection);
    // Returns true if nothing more can be copied now.
    bool shorten(Connection& connection);

    const std::string path_;
    Writer& writer_;
    Histogram seconds_{kSecondsOfSteps};
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stop_ = false;
    std::uint64_t commits_ = 0;
    int pages_ = 0;
    int longest_ = 0;     // length of the log since it was truncated
    int due_;             // pages at which the next copy is made
    std::thread thread_;  // last member, because it uses all others
};

}  // namespace rescuestream::sqlite
