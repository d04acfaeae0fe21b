#include "api.hpp"

#include "routes/table.hpp"

namespace rescuestream::server {

Application make_api(const Context& context, Observers observers) {
    return {context, api_filters(context, api_routes(), observers)};
}

Application make_starting_api(const Settings& settings, Logger& logger, Tracer* tracer,
                              Observers observers) {
    return Application(starting_filters(settings, logger, tracer, observers));
}

}  // namespace rescuestream::server
