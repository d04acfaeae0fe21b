#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/sql_storage.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

constexpr const char* kNoKey = "There is no stream key with this id.";

}  // namespace

Result<void> SqlStorage::create_stream_key(const StreamKeyRow& row, const AuditEntry& audit) {
    return write<void>([&](Connection& connection) -> Result<void> {
        // Held until the commit: the broadcaster cannot be deleted meanwhile.
        const auto owner =
            connection.run(kLockBroadcaster + dialect().share_row, {row.key.broadcaster_id.uuid()});
        if (owner->size() == 0) return not_found("There is no broadcaster with this id.");
        try {
            connection.run(kInsertKey, values_of(row));
        } catch (const Failure& failure) {
            if (failure.kind == Failure::Kind::kUnique &&
                failure.detail.find("playback_path") != std::string::npos) {
                return conflict("Another stream key has this playback path.");
            }
            throw;
        }
        write_audit(connection, audit);
        return {};
    });
}

Result<StreamKey> SqlStorage::find_stream_key(StreamKeyId id) {
    return read<StreamKey>([&](Connection& connection) -> Result<StreamKey> {
        const auto rows = connection.run(kFindKey, {id.uuid()});
        if (rows->size() == 0) return not_found(kNoKey);
        return read_key({*rows, 0});
    });
}

Result<Page<StreamKey>> SqlStorage::list_stream_keys(const StreamKeyFilter& filter,
                                                     const PageRequest& page) {
    return read<Page<StreamKey>>([&](Connection& connection) {
        Query query("SELECT " + kKeyColumns + " FROM stream_keys k");
        query.where("k.deleted_at IS NULL");
        if (filter.broadcaster_id) {
            query.where("k.broadcaster_id = " + query.bind(filter.broadcaster_id->uuid()));
        }
        return run_page(connection, std::move(query), page, "k.created_at", "k.id", read_key,
                        [](const StreamKey& key) {
                            return Cursor{key.created_at, key.id.uuid()};
                        });
    });
}

Result<RevokeOutcome> SqlStorage::revoke_stream_key(StreamKeyId id, Timestamp now,
                                                    const AuditEntry& audit) {
    return write<RevokeOutcome>([&](Connection& connection) -> Result<RevokeOutcome> {
        const Values this_one{id.uuid()};
        connection.run(kLockKey + dialect().lock_row, this_one);
        const auto rows = connection.run(kLoadSession, this_one);
        if (rows->size() == 0) return not_found(kNoKey);
        const auto session = read_session({*rows, 0});

        RevokeOutcome outcome;
        outcome.keys.push_back(session.key);
        outcome.changed = !session.key.revoked_at.has_value();
        if (outcome.changed) {
            outcome.keys.back().revoked_at = now;
            write_cutoffs_of_revocation(connection, session, now);
            connection.run(kRevokeKey, {id.uuid(), now});
            write_audit(connection, audit);
        }
        outcome.cutoffs = read_all(*connection.run(kCutoffsOfKey, this_one), read_cutoff);
        return outcome;
    });
}

}  // namespace rescuestream::sql
