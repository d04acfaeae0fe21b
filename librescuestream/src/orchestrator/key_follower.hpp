#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "orchestrator/key_index.hpp"
#include "rescuestream/claims.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

class KeyStorage;
class Logger;

/// Keeps a KeyIndex as the storage's keys are: reads what changed when it is told that something
/// did, and often enough without, so that a message that is lost leaves nothing stale for long.
///
/// Thread-safety: all methods from any thread; `start` and `stop` by one.
class KeyFollower {
public:
    KeyFollower(KeyStorage& storage, const Clock& clock, Logger& logger);
    ~KeyFollower();

    /// Reads all keys and follows them, on a thread of its own. `on_contact` is called there, each
    /// time that the storage has answered.
    void start(std::function<void()> on_contact = {});
    void stop();
    /// Somebody may have changed a key: until they are read again, nothing here is the newest.
    void invalidate();

    /// The storage did not answer the last time that it was asked.
    bool is_cut_off() const;

    /// See KeyIndex: as the storage was when it was last read.
    std::optional<KeyIndex::Trace> trace_of(StreamKeyId id) const { return index_.trace_of(id); }
    std::optional<StreamKeyId> id_of(const KeyDigest& digest) const { return index_.id_of(digest); }

    /// What the key alone says about a credential, known to be true a moment ago. Empty: only the
    /// storage knows.
    std::optional<KeyVerdict> judge(const KeyDigest& digest, const std::optional<std::string>& path,
                                    Timestamp now) const;
    /// The same however long ago the storage was heard of; empty when that is more than `longest`.
    std::optional<KeyVerdict> judge_by_memory(const KeyDigest& digest,
                                              const std::optional<std::string>& path, Timestamp now,
                                              std::chrono::milliseconds longest) const;

private:
    using Instant = std::chrono::steady_clock::time_point;

    void run();
    // False: the storage does not answer.
    bool read_changes();
    void tell_of_reserved_path(const KeyFact& fact);
    std::optional<std::chrono::steady_clock::duration> age() const;

    KeyStorage& storage_;
    const Clock& clock_;
    Logger& logger_;
    KeyIndex index_;
    std::string place_;  // of the thread alone

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool running_ = false;
    bool stopping_ = false;
    bool woken_ = false;
    std::uint64_t invalidations_ = 0;  // how many
    bool is_fresh_ = false;            // nothing has been invalidated since it was read
    bool cut_off_ = false;
    std::function<void()> on_contact_;
    std::optional<Instant> confirmed_at_;  // when the last reading that told all began
    std::thread thread_;
};

}  // namespace rescuestream
