#include "rescuestream/mount.hpp"

#include <set>

#include "access_log.hpp"
#include "api.hpp"
#include "carrier/httplib_bridge.hpp"
#include "metrics.hpp"
#include "metrics/families.hpp"
#include "protection.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "routes/table.hpp"
#include "settings/settings.hpp"

namespace rescuestream {
namespace {

Result<Settings> settings_of(MountOptions options) {
    if (options.api_secret.empty()) {
        return Error{ErrorCode::kInvalidArgument,
                     "The routes cannot be mounted without a secret.",
                     {},
                     {{"/api_secret", "must not be empty"}}};
    }
    Settings settings;
    for (std::size_t i = 0; i < options.trusted_proxies.size(); ++i) {
        auto range = AddressRange::parse(options.trusted_proxies[i]);
        if (!range) {
            return Error{ErrorCode::kInvalidArgument,
                         "A trusted proxy is neither an address nor a range of addresses.",
                         {},
                         {{"/trusted_proxies/" + std::to_string(i),
                           "must be an address or a range like 10.0.0.0/8"}}};
        }
        settings.trusted_proxies.push_back(*std::move(range));
    }
    settings.api_secret = std::move(options.api_secret);
    settings.api_key_names = std::move(options.api_key_names);
    settings.media_secret = std::move(options.media_secret);
    settings.cors_origins = std::move(options.cors_origins);
    settings.api_rate_limit = options.api_rate_limit;
    settings.wrong_keys_per_minute = options.wrong_keys_per_minute;
    settings.wrong_secrets_per_minute = options.wrong_secrets_per_minute;
    return settings;
}

// Returns `/streams/{id}` as a regular expression. Dots are the only special characters in our
// patterns.
std::string expression_of(std::string_view pattern) {
    std::string expression;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '{') {
            expression += "[^/]+";
            i = pattern.find('}', i);
        } else {
            if (pattern[i] == '.') expression += '\\';
            expression += pattern[i];
        }
    }
    return expression;
}

}  // namespace

struct Mounted::State {
    State(StreamOrchestrator& orchestrator, Settings with, Logger& logger, Tracer* tracer)
        : settings(std::move(with)),
          protection(settings),
          access_log(logger, false, &protection.refusals),
          api(server::make_api({orchestrator, settings, logger, nullptr, &protection, tracer},
                               {&metrics, &access_log})),
          bridge(api, settings.trusted_proxies) {
        metrics.add([&orchestrator](server::MetricSink& sink) {
            server::write_figures(sink, orchestrator.figures(), false);
        });
    }

    const Settings settings;
    server::Protection protection;
    server::Metrics metrics;
    server::AccessLog access_log;
    const server::Application api;
    const server::HttplibBridge bridge;
};

std::string Mounted::metrics() const {
    return state_->metrics.text();
}

Result<Mounted> mount(httplib::Server& server, StreamOrchestrator& orchestrator,
                      MountOptions options) {
    Logger& logger = *options.logger;
    Tracer* const tracer = options.tracer;
    auto settings = settings_of(std::move(options));
    if (!settings) return std::move(settings).error();
    const auto state =
        std::make_shared<const Mounted::State>(orchestrator, *std::move(settings), logger, tracer);
    std::set<std::string_view> known;
    for (const auto& route : server::api_routes()) {
        if (!known.insert(route.pattern).second) continue;
        server::add_handlers(server, expression_of(route.pattern),
                             [state](const httplib::Request& from, httplib::Response& to,
                                     const httplib::ContentReader* reader) {
                                 state->bridge.answer(from, to, reader);
                             });
    }
    return Mounted(state);
}

}  // namespace rescuestream
