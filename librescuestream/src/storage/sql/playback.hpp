#pragma once

#include "rescuestream/storage/playback.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps what playback tokens are judged by.
class SqlPlayback : public virtual PlaybackStorage, private Access {
public:
    explicit SqlPlayback(Database& database) : Access(database) {}

    Result<void> add_playback_key(const PlaybackKey& key, std::optional<Timestamp> others_until,
                                  const AuditDraft& audit) override;
    Result<PlaybackKey> end_playback_key(const std::string& id, Timestamp at,
                                         const AuditDraft& audit) override;
    Result<std::vector<PlaybackKey>> list_playback_keys() override;
    Result<void> add_short_token(const ShortPlaybackToken& token, Timestamp now,
                                 const AuditDraft& audit) override;
    Result<void> revoke_playback(const PlaybackRevocation& revocation, Timestamp now,
                                 const AuditDraft& audit) override;
    Result<PlaybackChanges> playback_changes_after(std::int64_t version) override;

protected:
    ~SqlPlayback() = default;  // Owned as a Storage.
};

}  // namespace rescuestream::sql
