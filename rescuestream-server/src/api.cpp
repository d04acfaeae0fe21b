#include "api.hpp"

#include "routes/table.hpp"

namespace rescuestream::server {

Application make_api(const Context& context, Observers observers) {
    return {context, api_filters(context, api_routes(), observers)};
}

}  // namespace rescuestream::server
