#include "router.hpp"

#include <optional>

#include "support/url.hpp"

namespace rescuestream::server {
namespace {

std::string_view take_segment(std::string_view& rest) noexcept {
    const auto slash = rest.find('/', 1);
    const std::string_view segment = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
    return segment;
}

std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
    std::vector<std::string> segments;
    if (pattern == path) return segments;
    // Nearly every path contains no percent-encoding.
    const bool is_encoded = path.find('%') != std::string_view::npos;
    if (!is_encoded && pattern.find('{') == std::string_view::npos) return std::nullopt;
    while (!pattern.empty() && !path.empty()) {
        const std::string_view wanted = take_segment(pattern);
        const std::string_view given = take_segment(path);
        if (!given.starts_with('/')) return std::nullopt;
        auto name = percent_decode(given.substr(1));
        if (!name) return std::nullopt;
        if (wanted.starts_with("/{")) {
            if (name->empty()) return std::nullopt;
            segments.push_back(*std::move(name));
        } else if (wanted.substr(1) != *name) {
            return std::nullopt;
        }
    }
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return segments;
}

}  // namespace

RouteMatch find_route(const Routes& routes, std::string_view method, std::string_view path) {
    RouteMatch result;
    const std::string_view wanted = method == "HEAD" ? std::string_view("GET") : method;
    for (const Route& route : routes) {
        auto segments = match(route.pattern, path);
        if (!segments) continue;
        if (route.method == wanted) {
            result.route = &route;
            result.segments = *std::move(segments);
            return result;
        }
        if (!result.allow.empty()) result.allow += ", ";
        result.allow += route.method;
        if (route.method == "GET") result.allow += ", HEAD";
    }
    return result;
}

}  // namespace rescuestream::server
