#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "conformance/storage/storage_case.hpp"

namespace rescuestream::testing {

/// Keys of one broadcaster on one path.
class SharedPathsCase : public StorageCase {
protected:
    static constexpr const char* kPath = "live/shared";

    StreamKeyRow make_member(std::optional<std::uint32_t> priority,
                             std::optional<BroadcasterId> owner = std::nullopt) {
        StreamKeyRow row = make_key(owner.value_or(owner_));
        row.key.playback_path = kPath;
        row.key.policies.priority = priority;
        return row;
    }
    StreamKeyRow add_member(std::uint32_t priority) {
        const auto row = make_member(priority);
        add(row);
        return row;
    }

    std::vector<StreamKeyId> members() {
        std::vector<StreamKeyId> ids;
        for (const auto& each : storage().sessions_at_path(kPath).value()) {
            ids.push_back(each.key.id);
        }
        return ids;
    }

    /// The pointer and the code of an error.
    template <class T>
    static std::string pointer_of(const Result<T>& result) {
        if (result || result.error().fields.empty()) return {};
        return result.error().fields.front().pointer;
    }

    Result<KeyChangeOutcome> reset_priority(const StreamKeyRow& row) {
        StreamKeyChange change;
        change.id = row.key.id;
        change.reset = {"priority"};
        return storage().update_stream_key(change, at(seconds(30)), make_audit());
    }
    Result<KeyChangeOutcome> move(const StreamKeyRow& row, const std::string& path) {
        StreamKeyChange change;
        change.id = row.key.id;
        change.playback_path = path;
        return storage().update_stream_key(change, at(seconds(30)), make_audit());
    }
    void revoke(const StreamKeyRow& row) {
        storage().revoke_stream_key(row.key.id, at(seconds(30)), make_audit()).value();
    }

    void stall(const StreamKeyRow& row, Timestamp since) {
        Claim claim = session(row).claim.value();
        claim.stalled_since = since;
        commit_claim(row, claim);
    }

    ClaimOutcome ask(const StreamKeyRow& row, const std::string& connection,
                     Timestamp now = at(seconds(10)),
                     OnDuplicate otherwise = OnDuplicate::kReject) {
        auto request = make_request(row, connection, now);
        request.default_on_duplicate = otherwise;
        return storage().claim(request).value();
    }

    std::set<std::string> cut_off() {
        std::set<std::string> connections;
        for (const auto& cutoff : pending()) connections.insert(cutoff.connection.value);
        return connections;
    }

    const BroadcasterId owner_ = add_broadcaster().id;
};

}  // namespace rescuestream::testing
