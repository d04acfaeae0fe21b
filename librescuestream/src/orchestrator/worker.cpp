#include "orchestrator/worker.hpp"

#include <pthread.h>

#include <exception>
#include <utility>

#include "rescuestream/logger.hpp"

namespace rescuestream {

Worker::Worker(std::string name, Rhythm rhythm, Logger& logger)
    : name_(std::move(name)), rhythm_(rhythm), logger_(logger) {}

Worker::~Worker() {
    stop();
}

void Worker::start(std::function<void()> round) {
    const std::lock_guard lock(mutex_);
    if (running_) return;
    round_ = std::move(round);
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), name_.c_str());
    running_ = true;
}

bool Worker::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (!running_) return false;
        running_ = false;
    }
    changed_.notify_all();
    thread_.join();
    round_ = nullptr;
    return true;
}

void Worker::wake() {
    {
        const std::lock_guard lock(mutex_);
        if (woken_) return;
        woken_ = true;
    }
    changed_.notify_all();
}

bool Worker::is_running() const {
    const std::lock_guard lock(mutex_);
    return running_;
}

void Worker::run() {
    std::unique_lock lock(mutex_);
    while (running_) {
        woken_ = false;
        lock.unlock();
        try {
            round_();
        } catch (const std::exception& error) {
            logger_.error("a background task failed", {{"task", name_}, {"error", error.what()}});
        }
        lock.lock();
        changed_.wait_for(lock, rhythm_.spacing, [this] { return !running_; });
        changed_.wait_for(lock, rhythm_.interval - rhythm_.spacing,
                          [this] { return !running_ || woken_; });
    }
}

}  // namespace rescuestream
