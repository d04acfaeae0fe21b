#pragma once

#include <atomic>

#include "orchestrator/unwritten.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

class KeyFollower;
class Logger;
class Nodes;

/// Applies the withdrawal of a right at once, even if it cannot be stored yet.
///
/// Thread-safety: all methods may be called from any thread, `start` and `stop` only from one.
class Withdrawals {
public:
    struct Dependencies {
        const KeyFollower& keys;
        UnwrittenRefusals& unwritten;
        Nodes& nodes;
        Logger& logger;
    };

    explicit Withdrawals(const Dependencies& dependencies) : d_(dependencies) {}

    /// Only between `start` and `stop` a withdrawal applies before it is stored.
    void start();
    /// Logs it if withdrawals are lost because they could not be stored.
    void stop();

    /// Returns whether the withdrawal of a right applies in this program in spite of `error`.
    bool outlasts(const Error& error) const;
    /// If it does, applies the withdrawal, removes the connections, and returns an error that says
    /// so. Otherwise returns `why`.
    Error refuse_unwritten(const Error& why, UnwrittenRefusals::Entry entry);

private:
    const Dependencies d_;
    std::atomic<bool> is_running_{false};
};

/// Returns the caller of a withdrawal that applies already: it is written later, whatever has
/// changed by then.
inline Caller unconditional(Caller caller) {
    caller.conditions = {};
    return caller;
}

/// The result of a step, for UnwrittenRefusals::Write.
template <class T>
Result<bool> is_written(const Result<T>& step) {
    if (!step) return step.error();
    return true;
}

}  // namespace rescuestream
