#include "routes/permissions.hpp"

#include <fmt/format.h>

#include "routes/table.hpp"

namespace rescuestream::server {
namespace {

std::string_view with_restricted(const Route& route) {
    if (route.permission.access != Access::kCredential) return "";
    return route.permission.is_for_restricted ? "only what belongs to them" : "refused";
}

std::string needed_by(const Route& route) {
    if (route.permission.scope) return fmt::format("`{}`", to_string(*route.permission.scope));
    switch (route.permission.access) {
        case Access::kPublic:
            return "nothing";
        case Access::kMedia:
            return "what the media server sends";
        case Access::kCredential:
            return "any credential";
    }
    return {};
}

}  // namespace

std::string permissions_as_markdown() {
    std::string text = "| scope | permits its owner to |\n|---|---|\n";
    for (int value = 0; value <= static_cast<int>(Scope::kAdmin); ++value) {
        const auto scope = static_cast<Scope>(value);
        text += fmt::format("| `{}` | {} |\n", to_string(scope), explain(scope));
    }
    text +=
        "\n| route | needs | with a credential that is restricted to broadcasters |\n"
        "|---|---|---|\n";
    for (const Route& route : api_routes()) {
        text += fmt::format("| `{} {}` | {} | {} |\n", route.method, route.pattern,
                            needed_by(route), with_restricted(route));
    }
    return text;
}

}  // namespace rescuestream::server
