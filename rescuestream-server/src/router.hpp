#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "context.hpp"
#include "http/message.hpp"
#include "http/service.hpp"

namespace rescuestream::server {

/// Who may call a route.
enum class Access {
    kPublic,
    kMedia,  ///< The media server: MEDIA_SECRET, when that is set.
    kAdmin,  ///< Whoever has the API secret.
};

/// Returns the answer; may wait for storage or a media server.
using Handler = HttpResponse (*)(const Context& context, const HttpRequest& request);
/// Never waits: it responds before it returns, or later from the thread that has what it needs.
/// `request` is there until then.
using AsyncHandler = void (*)(const Context& context, const HttpRequest& request, Respond respond);

struct Route {
    std::string_view method;
    std::string_view pattern;  ///< `/streams/{id}`: a `{…}` stands for one segment of the path.
    std::variant<Handler, AsyncHandler> handler;
    Access access;
    std::size_t body_limit;
    Work work = Work::kOrdinary;
    /// Everybody who may ask gets the same answer: see Snapshots.
    bool is_shared = false;
    /// The parameters of a query that it knows, separated by spaces. Another one is refused: a
    /// misspelt filter must not show a whole list. Media-facing routes take any, since what stands
    /// in the address of a hook is its operator's, and a refusal would keep MediaMTX out.
    std::string_view query = {};
};

using Routes = std::vector<Route>;

struct RouteMatch {
    const Route* route = nullptr;       ///< Null: no route, or none with this method.
    std::vector<std::string> segments;  ///< What stands for each `{…}`.
    std::string allow;                  ///< The methods of this path; empty: no such path.
};

/// Finds the route of a request; the first in `routes` that fits. `HEAD` finds what `GET` finds.
/// `path` is encoded, as it was sent: it is cut at its slashes, then each segment is decoded, once,
/// and compared. So `%2F` is a character of a segment and separates none. Source: RFC 3986
/// section 2.4.
RouteMatch find_route(const Routes& routes, std::string_view method, std::string_view path);

}  // namespace rescuestream::server
