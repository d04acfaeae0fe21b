#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace rescuestream::server {

struct HttpRequest;
struct Route;

/// One answered request. It is valid during the call that passes it.
struct RequestRecord {
    /// "OTHER" if no route matches: callers must not be able to create label values.
    std::string_view method;
    std::string_view route;  ///< The pattern of the route, or "none".
    int status = 0;
    std::chrono::microseconds duration{};
    std::string_view actor;
    std::string_view auth_decision;  ///< The outcome of an `/auth` request; otherwise empty.
    std::string_view remote_address;
    std::string_view request_id;
    const Route* matched = nullptr;        ///< Null: no route matches.
    const HttpRequest* request = nullptr;  ///< Used by `path`; null: there is no path.

    /// Returns the path as it was sent, with key values masked.
    std::string path() const;
};

/// Is notified of every answered request.
///
/// Thread-safety: called from any thread.
class RequestObserver {
public:
    virtual ~RequestObserver() = default;
    virtual void on_request(const RequestRecord& record) noexcept = 0;
};

}  // namespace rescuestream::server
