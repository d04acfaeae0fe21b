#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "rescuestream/storage/publishing.hpp"
#include "storage/sql/access.hpp"
#include "storage/sql/held_keys.hpp"
#include "storage/sql/recent_claims.hpp"
#include "storage/sql/step_parts.hpp"

namespace rescuestream::sql {

/// Decides publish requests and keeps the claims of keys.
class SqlPublishing : public virtual PublishingStorage, private Access {
public:
    /// `held` must outlive the object.
    SqlPublishing(Database& database, HeldKeys& held) : Access(database), held_(held) {}

    Result<ClaimOutcome> claim(const ClaimRequest& request) override;
    std::vector<Result<ClaimOutcome>> claim_all(
        const std::vector<ClaimRequest>& requests,
        std::chrono::steady_clock::time_point latest) override;
    Result<bool> is_claimed_elsewhere(const ConnectionId& connection,
                                      StreamKeyId stream_key_id) override;
    Result<ClaimOutcome> check_key(const KeyDigest& digest, const std::optional<std::string>& path,
                                   Timestamp now) override;

protected:
    ~SqlPublishing() = default;  // Owned as a Storage.

private:
    // Claims that are being decided.
    struct Claims;
    using AnswersByPlace = std::vector<std::pair<std::size_t, std::unique_ptr<Rows>>>;
    using Places = std::vector<std::size_t>;
    // Decides the requests whose connection is known to belong to another key.
    void refuse_foreign(Claims& claims);
    bool still_holds(const RecentClaims::Holder& holder, const ClaimRequest& request);
    void judge(Claims& claims);
    void take(Claims& claims);
    void take_on_path(Claims& claims, std::size_t place);
    void cut_off_waiting(Connection& connection, const std::vector<LockedSession>& sessions,
                         const StreamKey& granted, Claim claim);
    template <class Ask>
    AnswersByPlace ask(Claims& claims, const Places& places, const Ask& question);

    RecentClaims recent_;
    HeldKeys& held_;
};

}  // namespace rescuestream::sql
