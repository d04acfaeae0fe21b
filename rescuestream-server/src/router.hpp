#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "application.hpp"
#include "http/message.hpp"
#include "work.hpp"

namespace rescuestream::server {

/// Who may call a route.
enum class Access {
    kPublic,
    kMedia,  ///< The media server: MEDIA_SECRET, when that is set.
    kAdmin,  ///< Whoever has the API secret.
};

using Handler = HttpResponse (*)(const Context& context, const HttpRequest& request);

struct Route {
    std::string_view method;
    std::string_view pattern;  ///< `/streams/{id}`: a `{…}` stands for one segment of the path.
    Handler handler;
    Access access;
    std::size_t body_limit;
    Work work = Work::kOrdinary;
    /// Everybody who may ask gets the same answer: see Snapshots.
    bool is_shared = false;
};

/// Every route of the interface.
const std::vector<Route>& routes();

struct RouteMatch {
    const Route* route = nullptr;       ///< Null: no route, or none with this method.
    std::vector<std::string> segments;  ///< What stands for each `{…}`.
    std::string allow;                  ///< The methods of this path; empty: no such path.
};

/// `HEAD` finds what `GET` finds.
RouteMatch find_route(std::string_view method, std::string_view path);

}  // namespace rescuestream::server
