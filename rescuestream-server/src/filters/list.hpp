#pragma once

#include "context.hpp"
#include "filters/filter.hpp"
#include "router.hpp"

namespace rescuestream::server {

class RequestObserver;

/// The observers of every request; null: none.
struct Observers {
    RequestObserver* metrics = nullptr;
    RequestObserver* access_log = nullptr;
};

/// Returns the filters of the HTTP API. The arguments must outlive them.
Filters api_filters(const Context& context, const Routes& routes, Observers observers);

/// Returns the filters that answer every request while the server waits for its database; see
/// make_starting_filter. The arguments must outlive them; `tracer` may be null.
Filters starting_filters(const Settings& settings, Logger& logger, Tracer* tracer,
                         Observers observers);

// Each filter has a file of its name in this folder, which explains its position in the list.
std::unique_ptr<Filter> make_tracing_filter(Tracer& tracer, const Settings& settings);
std::unique_ptr<Filter> make_metrics_filter(RequestObserver& observer);
std::unique_ptr<Filter> make_access_log_filter(RequestObserver& observer);
std::unique_ptr<Filter> make_request_id_filter();
std::unique_ptr<Filter> make_headers_filter(const Settings& settings);
std::unique_ptr<Filter> make_last_catch_filter(Logger& logger);
std::unique_ptr<Filter> make_routing_filter(const Routes& routes, const Settings& settings);
std::unique_ptr<Filter> make_body_filter();
std::unique_ptr<Filter> make_who_calls_filter(const Context& context);
std::unique_ptr<Filter> make_media_type_filter();
std::unique_ptr<Filter> make_conditions_filter();
std::unique_ptr<Filter> make_changes_filter(StreamOrchestrator& orchestrator);
std::unique_ptr<Filter> make_no_store_filter();
std::unique_ptr<Filter> make_rate_limit_filter(RateLimit& limit);
std::unique_ptr<Filter> make_change_limit_filter(RateLimit& limit);
std::unique_ptr<Filter> make_query_filter();
std::unique_ptr<Filter> make_repeats_filter(const Context& context);
std::unique_ptr<Filter> make_starting_filter();

}  // namespace rescuestream::server
