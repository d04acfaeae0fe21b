#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rescuestream/random_source.hpp"
#include "rescuestream/result.hpp"
#include "rules/session.hpp"

namespace rescuestream {

class Logger;
class RandomSource;
class SessionStorage;

/// Tells the listeners what has happened.
///
/// Thread-safety: `emit` from any thread; `add` before that.
class EventBus {
public:
    void add(std::function<void(const Event&)> listener) {
        listeners_.push_back(std::move(listener));
    }
    void emit(const Event& event);

private:
    std::mutex mutex_;  // one event at a time, so that listeners see an order
    std::vector<std::function<void(const Event&)>> listeners_;
};

/// Turns observations into committed changes: load, apply the rules, commit, tell. Repeats when
/// somebody else changed the session in between.
///
/// Thread-safety: all methods from any thread.
class SessionRunner {
public:
    struct Dependencies {
        SessionStorage& storage;
        RandomSource& random;
        Logger& logger;
        EventBus& events;
        /// Of a stream that ends; empty: nothing was measured.
        std::function<std::optional<StreamTotals>(const Stream&)> totals_of;
        rules::SessionSettings rules;
    };

    explicit SessionRunner(Dependencies dependencies) : d_(std::move(dependencies)) {}

    /// The session that a path belongs to: by playback path, or by digest if it is a key value.
    /// kNotFound.
    Result<Session> find_by_path(const std::string& path);

    /// Applies one observation to the session of a key. True: it has changed something.
    Result<bool> observe(StreamKeyId key, const rules::Observation& observation);
    /// The same; `session` has just been loaded and saves a look-up.
    Result<bool> observe(Session session, const rules::Observation& observation);

private:
    void tell(const rules::Transition& transition, const rules::Observation& observation);

    Dependencies d_;
};

}  // namespace rescuestream
