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
            // The file is temporarily locked or missing; the callers that use it report that.
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
    listener_();  // there may have been writes before
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
