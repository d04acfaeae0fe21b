#pragma once

#include "rescuestream/storage/credentials.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps credentials of callers of the API.
class MemoryCredentials : public virtual CredentialStorage {
public:
    explicit MemoryCredentials(MemoryState& state) : state_(state) {}

    Result<void> create_credential(const ApiCredentialRow& row, const AuditDraft& audit) override;
    Result<std::vector<ApiCredential>> list_credentials() override;
    Result<ApiCredential> change_credential(const ApiCredentialId& id,
                                            const ApiCredentialChange& change, Timestamp now,
                                            const AuditDraft& audit) override;
    Result<void> delete_credential(const ApiCredentialId& id,
                                   const std::shared_ptr<const ApiCredential>& by,
                                   const AuditDraft& audit) override;
    Result<std::optional<ApiCredentialFacts>> credential_facts_unless(
        std::int64_t version) override;
    Result<void> note_credential_uses(const std::vector<ApiCredentialUse>& uses) override;
    Result<void> create_session(const ApiSession& session, const AuditDraft& audit) override;
    Result<void> delete_session(const KeyDigest& digest, const AuditDraft& audit) override;
    Result<bool> use_nonce(const KeyDigest& digest, Timestamp now, Timestamp expires_at) override;

protected:
    ~MemoryCredentials() = default;  // Owned as a Storage.

private:
    MemoryState& state_;
};

}  // namespace rescuestream::memory
