#pragma once

#include "rescuestream/storage/directory.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps broadcasters.
class SqlDirectory : public virtual DirectoryStorage, private Access {
public:
    explicit SqlDirectory(Database& database) : Access(database) {}

    Result<void> create_broadcaster(const Broadcaster& broadcaster,
                                    const AuditDraft& audit) override;
    Result<Broadcaster> find_broadcaster(BroadcasterId id) override;
    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) override;
    Result<Broadcaster> update_broadcaster(BroadcasterId id, const BroadcasterPatch& patch,
                                           Timestamp now, const AuditDraft& audit) override;
    Result<KeyChangeOutcome> delete_broadcaster(BroadcasterId id, bool force, Timestamp now,
                                                const AuditDraft& audit) override;
    Result<KeyChangeOutcome> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                      Timestamp now,
                                                      const AuditDraft& audit) override;

protected:
    ~SqlDirectory() = default;  // Owned as a Storage.
};

}  // namespace rescuestream::sql
