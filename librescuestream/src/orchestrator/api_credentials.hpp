#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/api_credentials.hpp"
#include "rescuestream/audit_draft.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/storage/credentials.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

class CredentialFollower;
class Validation;

/// The methods of StreamOrchestrator about credentials of callers; its header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class ApiCredentials {
public:
    ApiCredentials(const RequestDependencies& dependencies, CredentialFollower& follower)
        : d_(dependencies), follower_(follower) {}

    Result<CreatedApiCredential> create_credential(const NewApiCredential& input,
                                                   const Caller& caller);
    Result<std::vector<ApiCredential>> list_credentials(const ApiCredential* reader);
    Result<ApiCredential> find_credential(const ApiCredentialId& id, const ApiCredential* reader);
    Result<ApiCredential> update_credential(const ApiCredentialId& id,
                                            const ApiCredentialPatch& patch, const Caller& caller);
    Result<CreatedApiCredential> rotate_credential(const ApiCredentialId& id,
                                                   std::chrono::seconds overlap,
                                                   const Caller& caller);
    Result<ApiCredential> revoke_credential(const ApiCredentialId& id, const Caller& caller);
    Result<void> delete_credential(const ApiCredentialId& id, const Caller& caller);
    Result<CreatedSession> create_session(const Secret& secret, const Caller& caller);
    Result<void> end_session(std::string_view token, const Caller& caller);
    Result<bool> may_use_nonce(std::string_view nonce, Timestamp expires_at);

private:
    Result<ApiCredential> find_for_change(const ApiCredentialId& id, const Caller& caller);
    Result<ApiCredential> change(std::string_view action, const ApiCredentialId& id,
                                 ApiCredentialChange change, const Caller& caller, Timestamp at);
    AuditDraft draft(std::string_view action, const ApiCredential& credential, const Caller& caller,
                     Timestamp at) const;
    // Adds an error for each broadcaster that does not exist. Returns an error of the storage.
    Result<void> check_broadcasters(const std::vector<BroadcasterId>& ids,
                                    Validation& validation) const;
    // Returns the text of a credential with a new secret, and what is stored of it.
    Secret new_text(const ApiCredentialId& id, StoredSecret& stored) const;

    const RequestDependencies d_;
    CredentialFollower& follower_;
};

}  // namespace rescuestream
