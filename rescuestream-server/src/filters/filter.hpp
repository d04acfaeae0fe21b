#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "auth/credentials.hpp"
#include "http/message.hpp"
#include "limits.hpp"

namespace rescuestream::server {

struct Route;

/// A request on its way, with what has been found out about it. Each of these things is found out
/// once, by the filter that it belongs to.
struct Call {
    HttpRequest request;
    const Route* route = nullptr;  ///< Set by the filter `routing`.
    Identity caller;               ///< Set by the filter `who_calls`.
    BodySource* body = nullptr;    ///< There when the whole request is.
    /// What is left of the caller's rate; set by the filter `rate_limit`.
    std::optional<RateLimit::Outcome> rate;
    std::chrono::steady_clock::time_point begun;
    std::chrono::microseconds took{0};  ///< There when the answer is.
};

/// One concern of all requests. Filters stand in a list (list.cpp). A request meets them in its
/// order, twice: when its head is there, and when the rest is; its answer meets those that the
/// request has got to, in the opposite order.
///
/// Thread-safety: all methods from any thread.
class Filter {
public:
    virtual ~Filter() = default;

    /// The head is known, and the body was not read. An answer ends the way of the request. Must
    /// not wait.
    virtual std::optional<HttpResponse> on_head(Call&) const { return std::nullopt; }
    /// The whole request is there. An answer ends its way.
    virtual std::optional<HttpResponse> on_request(Call&) const { return std::nullopt; }
    /// Adds to the answer, or takes note of it.
    virtual void on_answer(const Call&, HttpResponse&) const {}
    /// Something has thrown. Empty: another filter answers for it.
    virtual std::optional<HttpResponse> on_failure(const Call&, const char* /*what*/) const {
        return std::nullopt;
    }
};

/// Filters in their order.
struct Filters {
    std::vector<std::unique_ptr<Filter>> all;
    /// So many from the first on also meet what is no request at all, and its refusal.
    std::size_t outer = 0;
};

}  // namespace rescuestream::server
