#pragma once

#include "filters/filter.hpp"
#include "request_observer.hpp"
#include "router.hpp"

namespace rescuestream::server {

/// Returns the record of a request and its response for the observers.
inline RequestRecord record_of(const Call& call, const HttpResponse& response) {
    const HttpRequest& request = call.request;
    RequestRecord record;
    record.method = call.route == nullptr ? "OTHER" : std::string_view(request.method);
    record.route = call.route == nullptr ? "none" : call.route->pattern;
    record.status = response.status;
    record.duration = call.took;
    record.actor = request.actor;
    record.auth_decision = response.auth_decision;
    record.remote_address = request.remote_address;
    record.request_id = request.request_id;
    record.matched = call.route;
    record.request = &request;
    return record;
}

}  // namespace rescuestream::server
