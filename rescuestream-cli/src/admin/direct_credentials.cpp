#include <utility>

#include "admin/direct_roles.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::cli {
namespace {

class DirectCredentials final : public CredentialApi {
public:
    explicit DirectCredentials(DirectAccess access) : access_(std::move(access)) {}

    Result<CreatedApiCredential> create_credential(const NewApiCredential& input) override {
        return access_.orchestrator->create_credential(input, access_.caller);
    }

    Result<std::vector<ApiCredential>> list_credentials() override {
        return access_.orchestrator->list_credentials();
    }

    Result<ApiCredential> find_credential(const ApiCredentialId& id) override {
        return access_.orchestrator->find_credential(id);
    }

    Result<ApiCredential> update_credential(const ApiCredentialId& id,
                                            const ApiCredentialPatch& patch) override {
        return access_.orchestrator->update_credential(id, patch, access_.caller);
    }

    Result<CreatedApiCredential> rotate_credential(const ApiCredentialId& id,
                                                   std::chrono::seconds overlap) override {
        return access_.orchestrator->rotate_credential(id, overlap, access_.caller);
    }

    Result<ApiCredential> revoke_credential(const ApiCredentialId& id) override {
        return access_.orchestrator->revoke_credential(id, access_.caller);
    }

    Result<void> delete_credential(const ApiCredentialId& id) override {
        return access_.orchestrator->delete_credential(id, access_.caller);
    }

    Result<WhoAmI> who_am_i() override {
        return WhoAmI{access_.caller.actor, access_.caller.ip_address, {Scope::kAdmin}, {}};
    }

private:
    DirectAccess access_;
};

}  // namespace

std::unique_ptr<CredentialApi> make_direct_credentials(DirectAccess access) {
    return std::make_unique<DirectCredentials>(std::move(access));
}

}  // namespace rescuestream::cli
