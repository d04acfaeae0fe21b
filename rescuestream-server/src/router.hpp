#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "context.hpp"
#include "http/message.hpp"
#include "http/service.hpp"
#include "rescuestream/scopes.hpp"

namespace rescuestream::server {

/// Who may call a route.
enum class Access {
    kPublic,
    kMedia,       ///< The media server: MEDIA_SECRET, a node's credential, or MEDIA_ALLOW.
    kCredential,  ///< Callers with a valid credential.
};

/// The column of the route table that says who may call a route: the scope that a credential needs,
/// or one of the words of Access. `Access::kCredential` alone means any valid credential.
struct Permission {
    constexpr Permission(Access who) noexcept : access(who) {}
    constexpr Permission(Scope needed) noexcept : access(Access::kCredential), scope(needed) {}

    Access access;
    std::optional<Scope> scope;
    /// A credential that is restricted to broadcasters may call the route, because its handler
    /// shows and changes only what belongs to them.
    bool is_for_restricted = false;
};

/// The permission of a route that credentials which are restricted to broadcasters may call, too.
constexpr Permission own(Permission permission) noexcept {
    permission.is_for_restricted = true;
    return permission;
}

/// Returns the response. It may wait for storage or a media server.
using Handler = HttpResponse (*)(const Context& context, const HttpRequest& request);
/// Never blocks: it responds before it returns, or later from the thread that has the result.
/// `request` stays valid until it has responded.
using AsyncHandler = void (*)(const Context& context, const HttpRequest& request, Respond respond);

struct Route {
    std::string_view method;
    std::string_view pattern;  ///< `/streams/{id}`: a `{…}` stands for one segment of the path.
    std::variant<Handler, AsyncHandler> handler;
    Permission permission;
    std::size_t body_limit;
    Work work = Work::kOrdinary;
    /// Every permitted caller gets the same response: see Snapshots.
    bool is_shared = false;
    /// The names of the query parameters that the route knows, separated by spaces. Any other
    /// parameter is refused, so that a misspelt filter does not return the whole list. Media routes
    /// accept any parameter: the operator chooses the address of a hook, and a refusal would block
    /// MediaMTX.
    std::string_view query = {};
    /// The body is a form of a page (application/x-www-form-urlencoded) instead of JSON.
    bool takes_form = false;
    /// It changes a record that has a version, so that If-Match has a meaning.
    bool checks_version = false;
    /// It creates something, so that a repeated request would create another one: Idempotency-Key.
    bool creates = false;
};

using Routes = std::vector<Route>;

/// Marks a route that changes a record whose version it checks (If-Match).
inline Route versioned(Route route) {
    route.checks_version = true;
    return route;
}

/// Marks a route that creates something. With an Idempotency-Key it does so once. Its handler
/// passes `caller_of(request)` to the facade.
inline Route creating(Route route) {
    route.creates = true;
    return route;
}

struct RouteMatch {
    const Route* route = nullptr;       ///< Null: no route has this path and method.
    std::vector<std::string> segments;  ///< The values of each `{…}`.
    /// The methods of this path; empty: the path does not exist.
    std::string allow;
};

/// Returns the first route in `routes` that matches the request. `HEAD` matches what `GET` matches.
/// `path` is encoded, as it was sent: it is split at its slashes, and each segment is then decoded
/// once and compared. So `%2F` is a character of a segment and not a separator. Source: RFC 3986
/// section 2.4.
RouteMatch find_route(const Routes& routes, std::string_view method, std::string_view path);

}  // namespace rescuestream::server
