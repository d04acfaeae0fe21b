#pragma once

#include <string_view>

namespace rescuestream::server {

/// Names the request that this thread works for until the scope ends, so that its log lines carry
/// the request's id. `request_id` must outlive the scope.
class RequestScope {
public:
    explicit RequestScope(std::string_view request_id) noexcept;
    RequestScope(const RequestScope&) = delete;
    RequestScope& operator=(const RequestScope&) = delete;
    ~RequestScope();

private:
    const std::string_view previous_;
};

/// Returns the id of the request that this thread works for; empty: it works for none.
std::string_view current_request_id() noexcept;

}  // namespace rescuestream::server
