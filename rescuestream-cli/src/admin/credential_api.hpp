#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/api_credentials.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// Who calls, and what the caller may do.
struct WhoAmI {
    std::string actor;
    std::string address;
    Scopes scopes;
    std::optional<ApiCredential> credential;
};

/// The operations on credentials of callers; see AdminApi.
class CredentialApi {
public:
    virtual ~CredentialApi() = default;

    virtual Result<CreatedApiCredential> create_credential(const NewApiCredential& input) = 0;
    virtual Result<std::vector<ApiCredential>> list_credentials() = 0;
    virtual Result<ApiCredential> find_credential(const ApiCredentialId& id) = 0;
    virtual Result<ApiCredential> update_credential(const ApiCredentialId& id,
                                                    const ApiCredentialPatch& patch) = 0;
    virtual Result<CreatedApiCredential> rotate_credential(const ApiCredentialId& id,
                                                           std::chrono::seconds overlap) = 0;
    virtual Result<ApiCredential> revoke_credential(const ApiCredentialId& id) = 0;
    virtual Result<void> delete_credential(const ApiCredentialId& id) = 0;
    virtual Result<WhoAmI> who_am_i() = 0;
};

}  // namespace rescuestream::cli
