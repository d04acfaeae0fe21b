#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/writer.hpp"

namespace rescuestream::sqlite {

/// Copies the write-ahead log into the database file beside those who read and write.
///
/// SQLite begins the log anew, instead of making it longer, when all of it has been copied and
/// nobody reads from it. Beside writers that never rest the copy is never complete; so when the log
/// has become long, they are held for the last few pages of it, about as long as one durable write
/// takes.
///
/// Thread-safety: `log_has` may be called from any thread, one at a time.
class Checkpointer {
public:
    /// `writer` must be there until the end of this. Opens nothing before there is work.
    Checkpointer(std::string path, Writer& writer);
    /// Returns when no checkpoint is under way.
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// After each commit: the pages of the log.
    void log_has(int pages);

private:
    enum class Task { kCopy, kShorten, kEnd };

    void run();
    Task wait();
    void copy(Connection& connection);
    // True when there is nothing more to be had.
    bool shorten(Connection& connection);

    const std::string path_;
    Writer& writer_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stop_ = false;
    std::uint64_t commits_ = 0;
    int pages_ = 0;
    int longest_ = 0;     // since it was made shorter
    int due_;             // pages at which the next copy is made
    std::thread thread_;  // last: uses all of the above
};

}  // namespace rescuestream::sqlite
