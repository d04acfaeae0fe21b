#include "storage/sqlite/checkpointer.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace rescuestream::sqlite {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// In pages of 4 kB. This is twice SQLite's own value: no caller waits for a checkpoint here, and a
// page that was written several times is copied once.
constexpr int kDuePages = 2000;
// A log of this length is forced to start anew.
constexpr int kLongPages = 4 * kDuePages;
// Number of copies before that. Each copies what was written during the previous one, so that
// almost nothing is left while the writers are blocked.
constexpr int kCopies = 4;
// Wait for readers of old pages while the writers are blocked. It is doubled each time the log has
// grown by that length again, so that the log cannot grow without limit.
constexpr milliseconds kFirstWait{2};
constexpr int kMostDoublings = 8;
constexpr std::chrono::seconds kPatienceForTurn{1};
constexpr std::chrono::seconds kQuiet{1};

}  // namespace

Checkpointer::Checkpointer(std::string path, Writer& writer)
    : path_(std::move(path)), writer_(writer), due_(kDuePages), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Checkpointer::log_has(int pages) {
    const std::lock_guard lock(mutex_);
    ++commits_;
    if (pages < pages_) due_ = kDuePages;  // the log was started anew
    pages_ = pages;
    longest_ = std::max(longest_, pages);
    if (pages_ >= due_) changed_.notify_one();
}

void Checkpointer::run() {
    std::unique_ptr<Connection> connection;
    for (Task task = wait(); task != Task::kEnd; task = wait()) {
        bool short_now = false;
        try {
            if (!connection) {
                connection = std::make_unique<Connection>(path_, Connection::Durability::kNormal,
                                                          steady_clock::now() + kPatienceForTurn);
            }
            const auto begun = steady_clock::now();
            if (task == Task::kCopy) copy(*connection);
            if (task == Task::kShorten) short_now = shorten(*connection);
            seconds_.observe(std::chrono::duration<double>(steady_clock::now() - begun).count());
        } catch (const sql::Failure&) {
            // The disk is full, or the writers could not be blocked in time. Callers that write
            // report that, and the next pages cause the next attempt.
            connection.reset();
        }
        const std::lock_guard lock(mutex_);
        due_ = pages_ + kDuePages;
        if (short_now) longest_ = 0;
    }
}

Checkpointer::Task Checkpointer::wait() {
    const auto has_work = [this] { return stop_ || pages_ >= due_; };
    std::unique_lock lock(mutex_);
    while (longest_ >= kLongPages) {
        const auto before = commits_;
        if (changed_.wait_for(lock, kQuiet, has_work)) break;
        if (commits_ == before) return Task::kShorten;
    }
    changed_.wait(lock, has_work);
    return stop_ ? Task::kEnd : Task::kCopy;
}

void Checkpointer::copy(Connection& connection) {
    int excess = 0;
    for (int copies = 0; copies < kCopies && excess == 0; ++copies) {
        const auto log = connection.checkpoint(Connection::Checkpoint::kPassive);
        if (!log || log->pages < kLongPages) return;
        excess = log->pages / kLongPages - 1;
    }
    const auto max_wait = kFirstWait * (1 << std::min(excess, kMostDoublings));
    writer_.hold(
        [&] {
            connection.set_deadline(steady_clock::now() + max_wait);
            connection.checkpoint(Connection::Checkpoint::kRestart);
        },
        steady_clock::now() + kPatienceForTurn);
}

bool Checkpointer::shorten(Connection& connection) {
    // First without blocking the writers, so that little is left to copy.
    if (!connection.checkpoint(Connection::Checkpoint::kPassive)) return false;
    bool done = false;
    writer_.hold(
        [&] {
            connection.set_deadline(steady_clock::now() + kFirstWait);
            done = connection.checkpoint(Connection::Checkpoint::kTruncate).has_value();
        },
        steady_clock::now() + kPatienceForTurn);
    return done;
}

}  // namespace rescuestream::sqlite
