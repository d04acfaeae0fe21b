#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "auth/credentials.hpp"
#include "http/message.hpp"
#include "protection.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "settings/settings.hpp"
#include "stand_in.hpp"
#include "work.hpp"

namespace rescuestream::server {

enum class Access;
struct Context;
struct Route;
using Handler = HttpResponse (*)(const Context& context, const HttpRequest& request);

/// One request that was answered.
struct RequestRecord {
    std::string_view method;  ///< "OTHER" for one that no route has: callers must not make labels.
    std::string_view route;   ///< Pattern of the route, "none" for an unknown one.
    std::string_view path;    ///< As it was sent, key values masked.
    int status = 0;
    std::chrono::microseconds duration{};
    std::string_view actor;
    std::string_view auth_decision;
    std::string_view remote_address;
    std::string_view request_id;
};

/// Hears of every request.
///
/// Thread-safety: called from any thread.
class RequestObserver {
public:
    virtual ~RequestObserver() = default;
    virtual void on_request(const RequestRecord& record) noexcept = 0;
};

/// What a handler works with.
struct Context {
    StreamOrchestrator& orchestrator;
    const Settings& settings;
    Logger& logger;
    StandIn* stand_in = nullptr;       ///< Of a MediaMTX that is not there.
    Protection* protection = nullptr;  ///< Null: nobody is limited, nothing is kept.
};

/// From a request to its answer: finds the route, then does once for all of them what all need
/// (request id, body limit, media type, credential, counting, the last catch). Needs no socket.
///
/// Thread-safety: all methods from any thread. Ownership: everything given must outlive it.
class Application {
public:
    Application(StreamOrchestrator& orchestrator, const Settings& settings, Logger& logger,
                RequestObserver* observer = nullptr, StandIn* stand_in = nullptr,
                Protection* protection = nullptr)
        : context_{orchestrator, settings, logger, stand_in, protection},
          credentials_(settings, protection),
          observer_(observer) {
        if (protection == nullptr) return;
        protection->snapshots.follow([&orchestrator] { return orchestrator.change_count(); });
    }
    ~Application();
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    /// What is known of a request by its head.
    struct Screening {
        Work work = Work::kProbe;
        std::size_t body_limit = 0;  ///< 0: `handle` refuses it without its body.
    };
    Screening screen(const HttpRequest& request, bool media_only) const noexcept;

    /// Answers by `respond`; never throws. Reads `body` only after it is known that somebody may
    /// send it, and not any more when this has returned. Work::kAuth waits for nothing here: its
    /// answer may come later, from another thread.
    void handle(HttpRequest request, BodySource& body, Respond respond) const noexcept;
    /// The same, and waits for the answer.
    HttpResponse handle(HttpRequest request, BodySource& body) const noexcept;
    /// The same with the body that is in the request.
    HttpResponse handle(HttpRequest request) const noexcept;
    /// The answer to what is no request at all.
    HttpResponse refuse(HttpRequest request, int status, std::string_view why) const noexcept;

    Logger& logger() const noexcept { return context_.logger; }

private:
    struct Call;
    // Empty: the route has begun it, and will respond.
    std::optional<HttpResponse> answer(const std::shared_ptr<Call>& call, BodySource& body) const;
    HttpResponse call(const Route& route, Handler handler, const HttpRequest& request) const;
    HttpResponse finish(const HttpRequest& request, HttpResponse response, std::string_view route,
                        std::chrono::steady_clock::time_point begun) const noexcept;

    Context context_;
    CredentialCheck credentials_;
    RequestObserver* observer_;
};

}  // namespace rescuestream::server
