#include "filters/list.hpp"

#include "protection.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {

namespace {

// Those that every answer passes. The outermost filters are the last to see a response.
Filters outer_filters(const Settings& settings, Logger& logger, Tracer* tracer,
                      Observers observers) {
    Filters filters;
    const auto add = [&](std::unique_ptr<Filter> filter) {
        filters.all.push_back(std::move(filter));
    };
    if (tracer != nullptr) add(make_tracing_filter(*tracer, settings));
    if (observers.metrics != nullptr) add(make_metrics_filter(*observers.metrics));
    if (observers.access_log != nullptr) add(make_access_log_filter(*observers.access_log));
    add(make_request_id_filter());
    add(make_headers_filter(settings));
    add(make_last_catch_filter(logger));
    filters.outer = filters.all.size();
    return filters;
}

}  // namespace

Filters api_filters(const Context& context, const Routes& routes, Observers observers) {
    Filters filters = outer_filters(context.settings, context.logger, context.tracer, observers);
    const auto add = [&](std::unique_ptr<Filter> filter) {
        filters.all.push_back(std::move(filter));
    };
    add(make_routing_filter(routes, context.settings));
    add(make_body_filter());
    add(make_who_calls_filter(context));
    add(make_media_type_filter());
    add(make_conditions_filter());
    add(make_changes_filter(context.orchestrator));
    add(make_no_store_filter());
    if (context.protection != nullptr && context.protection->api_calls) {
        add(make_rate_limit_filter(*context.protection->api_calls));
    }
    if (context.protection != nullptr) {
        add(make_change_limit_filter(context.protection->changes));
    }
    add(make_query_filter());
    add(make_repeats_filter(context));
    return filters;
}

Filters starting_filters(const Settings& settings, Logger& logger, Tracer* tracer,
                         Observers observers) {
    Filters filters = outer_filters(settings, logger, tracer, observers);
    filters.all.push_back(make_starting_filter());
    return filters;
}

}  // namespace rescuestream::server
