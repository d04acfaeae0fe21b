#pragma once

#include "http/message.hpp"
#include "rescuestream/caller.hpp"

namespace rescuestream::server {

/// Returns the caller of a request, for the audit log.
inline Caller caller_of(const HttpRequest& request) {
    return {request.actor,          request.method,     request.path,
            request.remote_address, request.request_id, request.credential};
}

}  // namespace rescuestream::server
