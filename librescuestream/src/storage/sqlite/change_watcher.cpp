#include "storage/sqlite/change_watcher.hpp"

#include <chrono>
#include <utility>

#include "storage/sqlite/connection.hpp"

namespace rescuestream::sqlite {
namespace {

constexpr std::chrono::milliseconds kInterval{50};
constexpr std::chrono::seconds kQueryTime{1};

}  // namespace

ChangeWatcher::ChangeWatcher(std::string path, std::function<void()> listener)
    : path_(std::move(path)), listener_(std::move(listener)), thread_([this] { run(); }) {}

ChangeWatcher::~ChangeWatcher() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    stopping_.notify_one();
    thread_.join();
}

void ChangeWatcher::run() {
    do {
        try {
            watch();
        } catch (const sql::Failure&) {
            // A file that is locked or gone for a moment; whoever uses it says so.
        }
    } while (!wait());
}

void ChangeWatcher::watch() {
    const auto deadline = [] { return std::chrono::steady_clock::now() + kQueryTime; };
    Connection connection(path_, Connection::Durability::kNormal, deadline());
    const auto version = [&] {
        connection.set_deadline(deadline());
        return connection.run("PRAGMA data_version", {})->integer(0, 0);
    };
    auto seen = version();
    listener_();  // whatever was written before
    while (!wait()) {
        const auto now = version();
        if (now != seen) listener_();
        seen = now;
    }
}

bool ChangeWatcher::wait() {
    std::unique_lock lock(mutex_);
    return stopping_.wait_for(lock, kInterval, [this] { return stop_; });
}

}  // namespace rescuestream::sqlite
