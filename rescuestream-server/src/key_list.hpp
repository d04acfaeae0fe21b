#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "key_list_text.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {

/// Answers `GET /stream-keys` for all keys. It keeps the last answer and reads only the keys that
/// changed since. An answer shows every change that was committed before `json` was called,
/// whichever program made it.
///
/// Thread-safety: all methods may be called from any thread. Calls of `json` run one at a time.
class KeyList {
public:
    using Instant = std::chrono::steady_clock::time_point;

    /// The body of the answer. Errors are those of StreamOrchestrator::key_list_after.
    Result<std::shared_ptr<const std::string>> json(StreamOrchestrator& orchestrator);

    /// Frees the kept answer when `json` was not called for a minute. Returns whether an answer is
    /// still kept.
    bool forget_unused(Instant now);

private:
    Result<void> renew(StreamOrchestrator& orchestrator);
    Result<void> read_due(StreamOrchestrator& orchestrator,
                          std::vector<KeyListChanges::Entry>& entries,
                          const std::vector<Cursor>& due);
    void forget();

    std::mutex mutex_;
    KeyListText list_;
    std::string place_;  // the storage's position; empty: no answer is kept
    Instant asked_at_;
    Instant read_whole_at_;
    Timestamp written_at_;
};

}  // namespace rescuestream::server
