#include "routes/permissions.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "routes/table.hpp"

namespace rescuestream::server::testing {
namespace {

TEST_CASE("every route that needs a credential names the scope that it needs") {
    for (const Route& route : api_routes()) {
        if (route.permission.access != Access::kCredential) continue;
        CAPTURE(route.method);
        CAPTURE(route.pattern);
        CHECK(route.permission.scope.has_value());
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
