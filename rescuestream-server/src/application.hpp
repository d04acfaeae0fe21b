#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "settings.hpp"

namespace rescuestream::server {

/// What is known of a request after its answer.
struct RequestRecord {
    std::string_view method;
    std::string_view route;  ///< The pattern, never the path: safe as a metric label.
    int status = 0;
    std::chrono::microseconds duration{0};
    std::string_view request_id;
    std::string_view remote_address;
    std::string_view path;  ///< Key values masked.
    std::string_view actor;
    std::string_view auth_decision;  ///< For /auth: "accepted" or why not; else empty.
};

/// Learns of every answer: access log, metrics.
class RequestObserver {
public:
    virtual ~RequestObserver() = default;
    virtual void on_request(const RequestRecord& record) noexcept = 0;
};

/// Everything that a handler works with.
struct Context {
    StreamOrchestrator& orchestrator;
    const Settings& settings;
    Logger& logger;
    const HttpRequest& request;
    std::string id;                  ///< The part of the path that matches `{id}` or `{slug}`.
    Caller caller;                   ///< For the record of a change.
    std::string_view auth_decision;  ///< Set by the handler of /auth.
};

using Handler = HttpResponse (*)(Context& context);

/// Who may call a route.
enum class Access {
    kAnyone,
    kMedia,  ///< The media server: MEDIA_SECRET, if it is set.
    kAdmin,
};

/// One row of the list of routes.
struct Route {
    std::string_view method;
    std::string_view pattern;  ///< Literal, or with one segment in braces.
    Access access;
    Handler handler;
};

/// The list of all routes; the ones that MediaMTX waits for come first.
const std::vector<Route>& all_routes();

/// The HTTP interface without HTTP: from request to response. Around every handler it applies, in
/// this order: request id, route look-up (404, 405), body limit (413), media type (415),
/// authentication (401), and a last-resort catch (500).
///
/// Thread-safety: `handle` may be called from any thread.
class Application {
public:
    /// `observer` may be null.
    Application(StreamOrchestrator& orchestrator, const Settings& settings, Logger& logger,
                RequestObserver* observer);

    HttpResponse handle(const HttpRequest& request);

    /// The longest body that this path takes: to be enforced while it is read.
    static std::size_t body_limit(std::string_view path) noexcept;

private:
    HttpResponse answer(const HttpRequest& request, Context& context, std::string_view& route);

    StreamOrchestrator& orchestrator_;
    const Settings& settings_;
    Logger& logger_;
    RequestObserver* observer_;
};

}  // namespace rescuestream::server
