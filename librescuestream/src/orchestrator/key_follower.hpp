#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/key_index.hpp"
#include "orchestrator/worker.hpp"
#include "rescuestream/claims.hpp"
#include "rescuestream/operating_figures.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

class KeyStorage;
class Logger;

/// Keeps a KeyIndex up to date with the storage's keys. It reads changes when it is notified of
/// one, and also at regular intervals, so that a lost notification leaves no stale entry for long.
///
/// Thread-safety: all methods may be called from any thread, `start` and `stop` only from one.
class KeyFollower {
public:
    /// `helper_paths`: see KeyIndex.
    KeyFollower(KeyStorage& storage, const Clock& clock, Logger& logger,
                std::vector<std::string> helper_paths = {});
    ~KeyFollower();

    /// Starts a thread that reads all keys and then their changes. It calls `on_contact` on that
    /// thread each time that the storage has answered.
    void start(std::function<void()> on_contact = {});
    void stop();
    /// Reports that a key may have been changed. Until the changes have been read, `judge` returns
    /// nothing.
    void invalidate();

    /// Returns true if the storage did not answer the last call.
    bool is_cut_off() const;

    /// Waits until readings have found all keys, but at most a second for all of them together: a
    /// key that was just created is read within milliseconds. Some may stay unknown, for example
    /// because the storage does not answer.
    void await(const std::vector<StreamKeyId>& ids) const;

    /// Waits, for at most a second, until everything that was changed before the last call of
    /// `invalidate` has been read. Without a thread that reads, returns at once.
    void await_changes() const;

    KeyIndexFigures figures() const;

    /// See KeyIndex; the state of the last reading.
    std::optional<KeyIndex::Trace> trace_of(StreamKeyId id) const { return index_.trace_of(id); }
    std::optional<StreamKeyId> id_of(const KeyDigest& digest) const { return index_.id_of(digest); }

    /// See KeyIndex::owns_path; the state of the last reading, however old. Empty: the keys were
    /// never read.
    std::optional<bool> owns_path(const std::string& path, Timestamp now) const;

    /// Returns whether the keys were read at least once; reads them unless the thread does.
    bool has_read();
    /// See KeyIndex::playback_policy; `otherwise` applies to what no key has a policy for. Before
    /// the keys were first read it is kSigned. Between `start` and `stop` by the state of the last
    /// reading, however old; otherwise the keys are read.
    PlaybackPolicy playback_policy(const std::string& path, Timestamp now,
                                   PlaybackPolicy otherwise);
    /// The same for a path that may be a key value, by the state of the last reading, of which the
    /// caller has made sure (`has_read`).
    PlaybackPolicy policy_of_path(const std::string& path, Timestamp now,
                                  PlaybackPolicy otherwise) const;
    /// The same for the key that has this value.
    PlaybackPolicy playback_policy(const KeyDigest& digest, PlaybackPolicy otherwise);

    /// See KeyIndex::others_of_path; the state of the last reading, however old.
    std::vector<StreamKeyId> others_of_path(StreamKeyId id) const {
        return index_.others_of_path(id);
    }
    /// See KeyIndex::shareable_path; the same.
    std::optional<std::string> shareable_path(StreamKeyId id) const {
        return index_.shareable_path(id);
    }
    /// Returns whether a key with a priority shares its path, or may do so because the keys were
    /// never read.
    bool may_share_path(StreamKeyId id) const { return !age() || !others_of_path(id).empty(); }

    /// Judges a credential by the facts of its key if they are known to be recent. Empty: the
    /// storage has to be asked.
    std::optional<KeyVerdict> judge(const KeyDigest& digest, const std::optional<std::string>& path,
                                    Timestamp now) const;
    /// The same with facts that may be out of date; empty if the last contact with the storage was
    /// more than `longest` ago.
    std::optional<KeyVerdict> judge_by_memory(const KeyDigest& digest,
                                              const std::optional<std::string>& path, Timestamp now,
                                              std::chrono::milliseconds longest) const;

private:
    using Instant = std::chrono::steady_clock::time_point;

    void follow(const std::function<void()>& on_contact);
    // Returns false if the storage does not answer.
    bool read_changes();
    void tell_of_reserved_path(const KeyFact& fact);
    std::optional<std::chrono::steady_clock::duration> age() const;

    KeyStorage& storage_;
    const Clock& clock_;
    Logger& logger_;
    KeyIndex index_;
    std::mutex reading_;
    std::string place_;  // only used while `reading_` is held

    mutable std::mutex mutex_;
    mutable std::condition_variable read_;  // a reading has ended
    bool running_ = false;
    bool stopping_ = false;
    std::uint64_t invalidations_ = 0;       // number of calls of `invalidate`
    std::uint64_t invalidations_read_ = 0;  // those before the last complete reading
    bool is_fresh_ = false;                 // `invalidate` was not called since the last reading
    bool cut_off_ = false;
    std::optional<Instant> confirmed_at_;  // when the last complete reading began
    Worker worker_;
};

}  // namespace rescuestream
