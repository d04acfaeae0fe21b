// What a server logs while its database cannot be used.
#include <doctest/doctest.h>
#include <httplib.h>

#include <regex>
#include <string>

#include "postgres/cluster.hpp"
#include "support/temporary_directory.hpp"
#include "support/wait.hpp"

using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

int count(const std::string& text, const std::string& part) {
    int found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("an outage is logged when it begins and when it ends, not once for each request") {
    const Account account("outage");
    const TemporaryDirectory directory;
    Process server({SERVER_PROGRAM},
                   program_environment(directory.file("data"), account.address()));
    const auto says = [&](const std::string& text) {
        return eventually([&] { return count(server.errors(), text) > 0; }, seconds(20));
    };
    REQUIRE(says("\"ready\""));
    std::smatch match;
    const std::string log = server.errors();
    REQUIRE(std::regex_search(log, match, std::regex("127\\.0\\.0\\.1:([0-9]+)\",\"tls")));
    httplib::Client client("127.0.0.1", std::stoi(match[1]));
    client.set_keep_alive(true);

    Cluster::execute("ALTER DATABASE outage ALLOW_CONNECTIONS false");
    Cluster::execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'outage'");
    REQUIRE(says("the database cannot be used"));
    for (int request = 0; request < 100; ++request) {
        const auto health = client.Get("/health?verbose");
        REQUIRE(health);
        CHECK(health->status == 503);
        if (request == 99) CHECK(count(health->body, "accepts no connections") == 1);
        const auto refused =
            client.Post("/auth", R"({"action":"publish","path":"live/a"})", "application/json");
        REQUIRE(refused);
        CHECK(refused->status == 401);
    }
    const std::string during = server.errors();
    CHECK(count(during, "the database cannot be used") == 1);
    CHECK(count(during, "ALLOW_CONNECTIONS true;") == 1);
    // Nothing else complains for each request.
    CHECK(count(during, "\"level\":\"warn") + count(during, "\"level\":\"error") < 20);

    Cluster::execute("ALTER DATABASE outage ALLOW_CONNECTIONS true");
    REQUIRE(says("the database can be used again"));
    CHECK(eventually([&] {
        const auto health = client.Get("/health");
        return health && health->status == 200;
    }));
    CHECK(server.stop() == 0);
}
