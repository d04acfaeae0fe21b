#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/api_credentials.hpp"
#include "rescuestream/audit_draft.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// What a storage keeps of one secret of a credential.
struct StoredSecret {
    KeyDigest digest{};
    std::string sealed;  ///< Encrypted, for signatures; empty: it cannot sign.

    bool operator==(const StoredSecret&) const = default;
};

/// A credential with what is needed to check it.
struct ApiCredentialRow {
    ApiCredential credential;
    StoredSecret secret;
    /// From before a rotation; valid until `previous_secret_expires_at`.
    std::optional<StoredSecret> previous;

    bool operator==(const ApiCredentialRow&) const = default;
};

/// A change of a credential. Only what it has is changed.
struct ApiCredentialChange : ApiCredentialPatch {
    bool revoke = false;
    struct Rotation {
        StoredSecret secret;
        std::optional<Timestamp> overlap_until;  ///< Empty: the previous one is invalid at once.
    };
    std::optional<Rotation> rotation;
    /// The credential that asks for the change; null: one without limits. The change is refused if
    /// the credential has, or would have, more rights.
    std::shared_ptr<const ApiCredential> by;
};

/// A session of a browser. Its token is only stored as digest.
struct ApiSession {
    KeyDigest digest{};
    ApiCredentialId credential_id;  ///< Empty: it was made with the shared secret.
    KeyDigest secret_digest{};      ///< Of the secret that it was made with, and ends with.
    Timestamp created_at{};
    Timestamp expires_at{};

    bool operator==(const ApiSession&) const = default;
};

/// All credentials and sessions, and the number of their last change.
struct ApiCredentialFacts {
    std::int64_t version = 0;
    std::vector<ApiSession> sessions;    ///< In no order, also expired ones.
    std::vector<ApiCredentialRow> rows;  ///< In no order.
};

struct ApiCredentialUse {
    ApiCredentialId id;
    Timestamp at{};
    std::string address;
};

/// The part of a Storage that keeps credentials of callers of the API.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety). A step that
/// changes one adds `label` to the metadata of its audit entry.
class CredentialStorage {
public:
    /// kConflict: there are `kMostCredentials` already. kInternal: the id exists.
    virtual Result<void> create_credential(const ApiCredentialRow& row,
                                           const AuditDraft& audit) = 0;
    /// Newest first by (created_at, id).
    virtual Result<std::vector<ApiCredential>> list_credentials() = 0;
    /// Returns the credential after the change. A change without an effect succeeds without a
    /// write. kNotFound. kConflict: it is revoked, and the change is not its revocation.
    /// kForbidden: see ApiCredentialChange::by.
    virtual Result<ApiCredential> change_credential(const ApiCredentialId& id,
                                                    const ApiCredentialChange& change,
                                                    Timestamp now, const AuditDraft& audit) = 0;
    /// kNotFound. kForbidden: `by`, which may be null, has fewer rights than the credential.
    virtual Result<void> delete_credential(const ApiCredentialId& id,
                                           const std::shared_ptr<const ApiCredential>& by,
                                           const AuditDraft& audit) = 0;
    /// Returns all credentials if their last change does not have the number `version`. Changes are
    /// numbered in the order in which they are committed. The first is not 0.
    virtual Result<std::optional<ApiCredentialFacts>> credential_facts_unless(
        std::int64_t version) = 0;
    /// Stores when and from where credentials were last used. This is not a change of them. A
    /// credential that does not exist is not an error.
    virtual Result<void> note_credential_uses(const std::vector<ApiCredentialUse>& uses) = 0;
    /// Stores a session, and deletes those that have expired by its `created_at` and the oldest
    /// ones of the credential beyond `kMostSessions`. This is a change that has a number.
    virtual Result<void> create_session(const ApiSession& session, const AuditDraft& audit) = 0;
    /// kNotFound. This is a change that has a number.
    virtual Result<void> delete_session(const KeyDigest& digest, const AuditDraft& audit) = 0;

    /// Stores the digest of a nonce. Returns false if it is stored already. The storage may delete
    /// it from `expires_at` on.
    virtual Result<bool> use_nonce(const KeyDigest& digest, Timestamp now,
                                   Timestamp expires_at) = 0;

protected:
    ~CredentialStorage() = default;  // Owned as a Storage.
};

/// The maximum of credentials that a storage keeps, including those that are not valid any more.
inline constexpr std::size_t kMostCredentials = 5'000;
/// The maximum of sessions of one credential.
inline constexpr std::size_t kMostSessions = 50;

}  // namespace rescuestream
