#include "storage/credential_change.hpp"

#include <utility>

#include "fields/api_credential.hpp"
#include "rules/credential.hpp"

namespace rescuestream {

Result<bool> apply_credential_change(ApiCredentialRow& row, const ApiCredentialChange& change,
                                     Timestamp now) {
    ApiCredential& credential = row.credential;
    if (auto error = rules::exceeds(change.by.get(), credential)) return *std::move(error);
    if (credential.revoked_at) {
        if (change.revoke) return false;
        return Error{ErrorCode::kConflict,
                     "The credential is revoked, which cannot be undone: create another one.",
                     {},
                     {}};
    }
    const ApiCredentialRow before = row;
    fields::apply(change, credential);
    if (change.revoke) credential.revoked_at = now;
    if (change.rotation) {
        const auto& until = change.rotation->overlap_until;
        row.previous = until ? std::optional(std::move(row.secret)) : std::nullopt;
        row.secret = change.rotation->secret;
        credential.previous_secret_expires_at = until;
    }
    if (auto error = rules::exceeds(change.by.get(), credential)) return *std::move(error);
    if (row == before) return false;
    credential.updated_at = now;
    return true;
}

}  // namespace rescuestream
