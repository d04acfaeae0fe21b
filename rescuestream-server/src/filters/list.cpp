#include "filters/list.hpp"

#include "protection.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {

Filters api_filters(const Context& context, const Routes& routes, Observers observers) {
    Filters filters;
    const auto add = [&](std::unique_ptr<Filter> filter) {
        filters.all.push_back(std::move(filter));
    };
    // The outermost filters are the last to see a response.
    if (context.tracer != nullptr) {
        add(make_tracing_filter(*context.tracer, context.settings));
    }
    if (observers.metrics != nullptr) add(make_metrics_filter(*observers.metrics));
    if (observers.access_log != nullptr) add(make_access_log_filter(*observers.access_log));
    add(make_request_id_filter());
    add(make_headers_filter(context.settings));
    add(make_last_catch_filter(context.logger));
    filters.outer = filters.all.size();

    add(make_routing_filter(routes, context.settings));
    add(make_body_filter());
    add(make_who_calls_filter(context));
    add(make_media_type_filter());
    add(make_changes_filter(context.orchestrator));
    add(make_no_store_filter());
    if (context.protection != nullptr && context.protection->api_calls) {
        add(make_rate_limit_filter(*context.protection->api_calls));
    }
    add(make_query_filter());
    return filters;
}

}  // namespace rescuestream::server
