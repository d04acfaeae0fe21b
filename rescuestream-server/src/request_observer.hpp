#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace rescuestream::server {

struct HttpRequest;

/// One request that was answered. It is valid during the call that tells of it.
struct RequestRecord {
    std::string_view method;  ///< "OTHER" for one that no route has: callers must not make labels.
    std::string_view route;   ///< Pattern of the route, "none" for an unknown one.
    int status = 0;
    std::chrono::microseconds duration{};
    std::string_view actor;
    std::string_view auth_decision;  ///< What became of a question of `/auth`; else empty.
    std::string_view remote_address;
    std::string_view request_id;
    const HttpRequest* request = nullptr;  ///< For `path`; null: it has none.

    /// Returns the path as it was sent, with key values masked.
    std::string path() const;
};

/// Is told of every request.
///
/// Thread-safety: called from any thread.
class RequestObserver {
public:
    virtual ~RequestObserver() = default;
    virtual void on_request(const RequestRecord& record) noexcept = 0;
};

}  // namespace rescuestream::server
