#include "storage/sqlite/checkpointer.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace rescuestream::sqlite {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Pages are of 4 kB. Twice SQLite's own measure: nobody waits for it here, and a page that was
// written often is copied once.
constexpr int kDuePages = 2000;
// A log that has become so long without beginning anew is made to.
constexpr int kLongPages = 4 * kDuePages;
// Copies before it, each of what was written during the one before, so that next to nothing is left
// for the one while the writers are held.
constexpr int kCopies = 4;
// For readers of old pages, while writers are held. Who reads for longer is waited for next time,
// and for twice as long with each such length that the log has more: it has to end somewhere.
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
    if (pages < pages_) due_ = kDuePages;  // begun anew
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
            if (task == Task::kCopy) copy(*connection);
            if (task == Task::kShorten) short_now = shorten(*connection);
        } catch (const sql::Failure&) {
            // The disk is full, or the turn did not come: those who write say so, and the next
            // pages bring the next attempt.
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
    // Without holding anybody first, so that nothing is left to be copied.
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
