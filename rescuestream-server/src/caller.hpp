#pragma once

#include <string>

#include "http/message.hpp"
#include "rescuestream/api_credentials.hpp"
#include "rescuestream/caller.hpp"

namespace rescuestream::server {

/// Returns the caller of a request, for the audit log, and the conditions of the request.
inline Caller caller_of(const HttpRequest& request) {
    return {request.actor,
            request.method,
            request.path,
            request.remote_address,
            request.request_id,
            request.credential,
            {request.if_match, Uuid::parse(request.reservation)}};
}

/// Returns the account for which counts what the caller uses of a limited amount, so that nobody
/// has more by making credentials. Empty: that of the shared secret.
inline std::string account_of(const HttpRequest& request) {
    if (!request.credential) return {};
    const std::string limited = limited_account(request.credential.get());
    return limited.empty() ? request.credential->id.value : limited;
}

}  // namespace rescuestream::server
