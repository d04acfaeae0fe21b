#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/audit_draft.hpp"
#include "rescuestream/playback.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// The part of a Storage that keeps what playback tokens are judged by.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety).
class PlaybackStorage {
public:
    /// Adds a key. If `others_until` is given, the other own keys that expire later, or never,
    /// expire then. kConflict: there is a key with this id; or kMostPlaybackKeys have not expired
    /// at its `created_at`, also when several callers add the last one. An own key may be one more,
    /// unless `others_until` lets those that it replaces go on.
    virtual Result<void> add_playback_key(const PlaybackKey& key,
                                          std::optional<Timestamp> others_until,
                                          const AuditDraft& audit) = 0;
    /// Makes a key expire at `at`, unless it expires earlier, which is no error. kNotFound.
    virtual Result<PlaybackKey> end_playback_key(const std::string& id, Timestamp at,
                                                 const AuditDraft& audit) = 0;
    /// Newest first by (created_at, id), expired ones too.
    virtual Result<std::vector<PlaybackKey>> list_playback_keys() = 0;
    /// Adds a short token. Deletes those that have expired at `now`.
    virtual Result<void> add_short_token(const ShortPlaybackToken& token, Timestamp now,
                                         const AuditDraft& audit) = 0;
    /// Adds a revocation, or extends an existing one to both later times. Deletes those that have
    /// expired at `now`.
    virtual Result<void> revoke_playback(const PlaybackRevocation& revocation, Timestamp now,
                                         const AuditDraft& audit) = 0;
    /// Returns everything that was added or changed since `version`, which is
    /// PlaybackChanges::version of an earlier call, or -1 for everything. What was deleted because
    /// it had expired is not told. Something may be returned more than once.
    virtual Result<PlaybackChanges> playback_changes_after(std::int64_t version) = 0;

protected:
    ~PlaybackStorage() = default;  // Owned as a Storage.
};

/// Of these, credentials without the scope admin may have a part (rules/room.hpp).
inline constexpr std::size_t kMostPlaybackKeys = 1'000;

}  // namespace rescuestream
