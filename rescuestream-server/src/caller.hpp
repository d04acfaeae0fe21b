#pragma once

#include "http/message.hpp"
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

}  // namespace rescuestream::server
