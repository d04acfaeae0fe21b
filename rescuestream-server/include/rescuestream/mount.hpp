#pragma once

#include <cstdint>
#include <memory>
#include <rescuestream/logger.hpp>
#include <rescuestream/result.hpp>
#include <rescuestream/secret.hpp>
#include <rescuestream/tracer.hpp>
#include <string>
#include <vector>

namespace httplib {
class Server;
}

namespace rescuestream {

class StreamOrchestrator;

/// How the routes of the HTTP API behave in another program's server. The members are the settings
/// of rescuestream-server with the same names.
struct MountOptions {
    Secret api_secret;                       ///< Opens admin-facing routes. Must not be empty.
    std::vector<std::string> api_key_names;  ///< Names that may sign; empty: any.
    /// Opens media-facing routes. Empty: callers from loopback and private networks need none, and
    /// others are refused.
    Secret media_secret;
    std::vector<std::string> trusted_proxies;  ///< Addresses and ranges (`10.0.0.0/8`).
    std::vector<std::string> cors_origins;     ///< Origins whose pages may call; `*`: all.
    std::uint64_t api_rate_limit = 200;        ///< Calls a second of a credential; 0: any number.
    std::uint64_t wrong_keys_per_minute = 60;  ///< Of one address; 0: any number.
    std::uint64_t wrong_secrets_per_minute = 20;  ///< The same.
    /// Takes the access log and refusals; it must outlive the server.
    Logger* logger = &null_logger();
    /// Receives a span for each request; it must outlive the server. Null: none. Give the same one
    /// to the orchestrator.
    Tracer* tracer = nullptr;
};

/// What was put into a server. The server keeps it alive: this is only for looking at it.
///
/// Thread-safety: all methods from any thread, as long as the orchestrator exists.
class Mounted {
public:
    /// Returns the counters of the mounted routes and the figures of the orchestrator in
    /// Prometheus' text format.
    std::string metrics() const;

private:
    struct State;
    explicit Mounted(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    friend Result<Mounted> mount(httplib::Server& server, StreamOrchestrator& orchestrator,
                                 MountOptions options);

    std::shared_ptr<const State> state_;
};

/// Puts all routes of the HTTP API into a cpp-httplib server of your own: paths and answers are
/// those of rescuestream-server, with credentials, limits, request ids, log and metrics. Paths that
/// are none of them stay yours; a path that you have registered before stays yours too.
///
/// Call it before the server listens, once for a server. `server` and `orchestrator` are not
/// owned; `orchestrator` must outlive `server`. Each open connection of such a server holds one of
/// its threads: give it enough of them, and put a proxy in front when strangers reach it.
///
/// kInvalidArgument: `api_secret` is empty, or one of `trusted_proxies` is no address or range;
/// nothing was put into the server then.
Result<Mounted> mount(httplib::Server& server, StreamOrchestrator& orchestrator,
                      MountOptions options);

}  // namespace rescuestream
