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

/// Passes events to the listeners.
///
/// Thread-safety: `emit` may be called from any thread; `add` only before the first `emit`.
class EventBus {
public:
    void add(std::function<void(const Event&)> listener) {
        listeners_.push_back(std::move(listener));
    }
    void emit(const Event& event);

private:
    std::mutex mutex_;  // one event at a time, so that all listeners see the same order
    std::vector<std::function<void(const Event&)>> listeners_;
};

/// Turns observations into committed changes: loads the session, applies the rules, commits, and
/// emits the events. Repeats this if the session was changed in between.
///
/// Thread-safety: all methods may be called from any thread.
class SessionRunner {
public:
    struct Dependencies {
        SessionStorage& storage;
        RandomSource& random;
        Logger& logger;
        EventBus& events;
        /// Returns the totals of a stream that ends; empty: it was not measured.
        std::function<std::optional<StreamTotals>(const Stream&)> totals_of;
        rules::SessionSettings rules;
    };

    explicit SessionRunner(Dependencies dependencies) : d_(std::move(dependencies)) {}

    /// Returns the sessions of the keys to which a path belongs: by playback path, or by digest if
    /// the path is a key value. Empty: there is none.
    Result<std::vector<Session>> at_path(const std::string& path);
    /// The session to which a source belongs.
    struct Owner {
        std::optional<Session> session;  ///< Empty: no key has the path.
        bool is_shared = false;          ///< Several keys have the path.
    };
    /// Returns the owner of `source`, which is present at its path (rules::session_of_source).
    Result<Owner> owner_of(const rules::SourceAvailable& source, Timestamp now);

    /// Applies one observation to the session of a key. Returns true if it changed something.
    Result<bool> observe(StreamKeyId key, const rules::Observation& observation);
    /// The same for a `session` that has just been loaded, without loading it again.
    Result<bool> observe(Session session, const rules::Observation& observation);

private:
    void tell(const rules::Transition& transition, const rules::Observation& observation);

    Dependencies d_;
};

}  // namespace rescuestream
