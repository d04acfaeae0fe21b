#include "routes/permissions.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "routes/table.hpp"

namespace rescuestream::server::testing {
namespace {

TEST_CASE("every route that needs a credential names the scope, but those about the caller") {
    for (const Route& route : api_routes()) {
        if (route.permission.access != Access::kCredential) continue;
        CAPTURE(route.method);
        CAPTURE(route.pattern);
        const bool is_for_all = route.pattern == "/whoami" || route.pattern == "/session";
        CHECK(route.permission.scope.has_value() != is_for_all);
        CHECK(route.permission.scope != Scope::kAdmin);
    }
}

TEST_CASE("the documentation page has the table of permissions") {
    std::ifstream file(std::string(SERVER_DOCS) + "/access.md");
    std::stringstream page;
    page << file.rdbuf();
    REQUIRE_FALSE(page.str().empty());
    CHECK(page.str().find(permissions_as_markdown()) != std::string::npos);
}

}  // namespace
}  // namespace rescuestream::server::testing
