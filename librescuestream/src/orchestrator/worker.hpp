#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace rescuestream {

class Logger;

/// Calls a function again and again on a thread of its own: at regular intervals, and soon after
/// `wake`. An exception of the function is logged, and the next round is made all the same.
///
/// Thread-safety: all methods may be called from any thread, `start` and `stop` only from one, and
/// `stop` not from the function.
class Worker {
public:
    struct Rhythm {
        std::chrono::milliseconds interval;    ///< Between two rounds without `wake`.
        std::chrono::milliseconds spacing{0};  ///< `wake` waits at least so long after a round.
    };

    /// `name` is that of the thread and of the task in the log, at most 15 characters. `logger`
    /// must outlive the worker.
    Worker(std::string name, Rhythm rhythm, Logger& logger);
    ~Worker();  ///< Calls `stop`.

    /// Starts the thread; its first round begins at once. Does nothing while the worker runs.
    void start(std::function<void()> round);
    /// Ends the thread after the present round. Returns false if the worker did not run.
    bool stop();
    /// Reports that there is work. If a round is in progress, another one follows it. Several calls
    /// before a round are one.
    void wake();
    /// Returns whether `start` was called and `stop` was not.
    bool is_running() const;

private:
    void run();

    const std::string name_;
    const Rhythm rhythm_;
    Logger& logger_;
    std::function<void()> round_;  // written only while there is no thread
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool running_ = false;
    bool woken_ = false;
    std::thread thread_;
};

}  // namespace rescuestream
