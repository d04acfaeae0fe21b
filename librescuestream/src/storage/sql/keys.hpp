#pragma once

#include "rescuestream/storage/keys.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps stream keys.
class SqlKeys : public virtual KeyStorage, private Access {
public:
    explicit SqlKeys(Database& database) : Access(database) {}

    Result<StreamKey> create_stream_key(const StreamKeyRow& row, const AuditDraft& audit) override;
    Result<StreamKey> find_stream_key(StreamKeyId id) override;
    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                             const PageRequest& page) override;
    Result<KeyListChanges> key_list_after(const std::string& place) override;
    Result<KeyChangeOutcome> revoke_stream_key(StreamKeyId id, Timestamp now,
                                               const AuditDraft& audit) override;
    Result<KeyChangeOutcome> update_stream_key(const StreamKeyChange& change, Timestamp now,
                                               const AuditDraft& audit) override;
    Result<KeyChangeOutcome> rotate_stream_key(const StreamKeyRotation& rotation, Timestamp now,
                                               const AuditDraft& audit) override;
    Result<KeyFacts> key_facts_after(const std::string& place, std::size_t limit) override;

protected:
    ~SqlKeys() = default;  // Owned as a Storage.

private:
    Result<StreamKey> create_alone(const StreamKeyRow& row, const AuditDraft& audit);
    Result<StreamKey> explained(const StreamKey& key);
    // Locks a key, calls `work(connection, locked_session, outcome)`, writes the audit entry if
    // that changed something, and adds the pending cut-offs to the outcome.
    template <class Work>
    Result<KeyChangeOutcome> change_key(StreamKeyId id, const AuditDraft& audit, Work work);
};

}  // namespace rescuestream::sql
