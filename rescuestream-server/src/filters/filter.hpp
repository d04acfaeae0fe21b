#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "auth/credentials.hpp"
#include "http/message.hpp"
#include "limits.hpp"
#include "rescuestream/tracer.hpp"

namespace rescuestream::server {

struct Route;

/// A request in progress, with the facts that the filters have determined. Each fact is determined
/// once, by the filter responsible for it.
struct Call {
    HttpRequest request;
    const Route* route = nullptr;  ///< Set by the filter `routing`.
    Identity caller;               ///< Set by the filter `who_calls`.
    BodySource* body = nullptr;    ///< Set once the whole request has arrived.
    /// What remains of the caller's rate limit; set by the filter `rate_limit`.
    std::optional<RateLimit::Outcome> rate;
    /// Set by the filter `tracing`, which ends it with the answer; empty: nothing is traced.
    mutable std::optional<Span> span;
    std::chrono::steady_clock::time_point begun;
    std::chrono::microseconds took{0};  ///< Set once there is a response.
};

/// One concern of all requests. The filters form a list (list.cpp). A request passes them in this
/// order twice: when its head has arrived, and when the whole request has. Its response passes the
/// filters that the request has reached, in the opposite order.
///
/// Thread-safety: all methods may be called from any thread.
class Filter {
public:
    virtual ~Filter() = default;

    /// The head is known; the body has not been read. A returned response ends the processing of
    /// the request. Must not block.
    virtual std::optional<HttpResponse> on_head(Call&) const { return std::nullopt; }
    /// The whole request has arrived. A returned response ends its processing.
    virtual std::optional<HttpResponse> on_request(Call&) const { return std::nullopt; }
    /// Modifies or records the response.
    virtual void on_answer(const Call&, HttpResponse&) const {}
    /// Called when something has thrown an exception. Returns nothing if another filter is to
    /// answer.
    virtual std::optional<HttpResponse> on_failure(const Call&, const char* /*what*/) const {
        return std::nullopt;
    }
};

/// All filters, in order.
struct Filters {
    std::vector<std::unique_ptr<Filter>> all;
    /// The first `outer` filters also process input that is not a request, and its refusal.
    std::size_t outer = 0;
};

}  // namespace rescuestream::server
