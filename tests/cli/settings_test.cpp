#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "admin/open_admin.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

TEST_CASE("without a server the database and media server of the environment are used") {
    TestCli cli;
    cli.environment["DATABASE_URL"] = "postgresql://localhost/x";
    cli.environment["MEDIAMTX_API_URL"] = "http://10.0.0.1:9997";
    cli.environment["MEDIAMTX_API_USER"] = "u";
    cli.environment["MEDIAMTX_API_PASSWORD"] = "p";
    cli.environment["MEDIAMTX_PUBLIC_URL"] = "https://cam.example.org:8889";
    cli.environment["MEDIAMTX_HLS_URL"] = "https://hls.example.org";
    cli.environment["LEGACY_PATH_KEYS"] = "deny";
    cli.environment["ON_DUPLICATE"] = "takeover";
    REQUIRE(cli.run({"broadcaster", "list"}).code == 0);
    REQUIRE(cli.opened->direct);
    CHECK_FALSE(cli.opened->server);
    const auto& direct = *cli.opened->direct;
    CHECK(direct.database_url == "postgresql://localhost/x");
    CHECK(direct.media_api_url == "http://10.0.0.1:9997");
    CHECK(direct.media_api_user == "u");
    CHECK(direct.media_api_password.equals("p"));
    CHECK(direct.settings.addresses.webrtc == "https://cam.example.org:8889");
    CHECK(direct.settings.addresses.hls == "https://hls.example.org");
    CHECK(direct.settings.addresses.rtmp == "rtmp://cam.example.org:1935");
    CHECK(direct.settings.legacy_path_keys == LegacyPathKeys::kDeny);
    CHECK(direct.settings.on_duplicate == OnDuplicate::kTakeover);
}

TEST_CASE("without DATABASE_URL the database lies in the data directory") {
    TestCli cli;
    cli.environment["DATA_DIR"] = "/srv/rescue";
    REQUIRE(cli.run({"broadcaster", "list"}).code == 0);
    CHECK(cli.opened->direct->database_url == "sqlite:/srv/rescue/rescuestream.db");
    REQUIRE(cli.run({"broadcaster", "list", "--data-dir", "/tmp/other"}).code == 0);
    CHECK(cli.opened->direct->database_url == "sqlite:/tmp/other/rescuestream.db");
}

TEST_CASE("a wrong setting is refused by its name") {
    struct Case {
        const char* name;
        const char* value;
    };
    for (const auto& [name, value] :
         {Case{"LEGACY_PATH_KEYS", "hide"}, Case{"ON_DUPLICATE", "sometimes"},
          Case{"MEDIAMTX_PUBLIC_URL", "localhost"}}) {
        TestCli cli;
        cli.environment[name] = value;
        const auto ran = cli.run({"broadcaster", "list"});
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, name));
        CHECK_FALSE(cli.opened);
    }
}

TEST_CASE("a wrong DATABASE_URL or MEDIAMTX_API_URL is refused by its name") {
    Connection connection;
    connection.direct.emplace();
    connection.direct->database_url = "mysql://x";
    connection.direct->media_api_url = "http://localhost:9997";
    auto opened = open_admin(connection);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::kInvalidArgument);
    CHECK(contains(opened.error().message, "DATABASE_URL"));
    connection.direct->database_url = "memory:";
    connection.direct->media_api_url = "nonsense";
    opened = open_admin(connection);
    REQUIRE_FALSE(opened);
    CHECK(contains(opened.error().message, "MEDIAMTX_API_URL"));
    connection.direct->media_api_url = "memory:";
    opened = open_admin(connection);
    REQUIRE(opened);
    CHECK((*opened)->list_broadcasters({}).value().items.empty());
}

TEST_CASE(
    "a server is used when it is named, with the secret of file, environment or data directory") {
    const auto directory =
        std::filesystem::temp_directory_path() / ("cli-settings-" + std::to_string(::getpid()));
    std::filesystem::create_directory(directory);
    std::ofstream(directory / "api-secret") << "from-data-dir\n";
    std::ofstream(directory / "mine") << "from-file\n";
    std::ofstream(directory / "two") << "one\ntwo\n";

    TestCli cli;
    cli.environment["RESCUESTREAM_SERVER"] = "http://127.0.0.1:8080/";
    cli.environment["DATA_DIR"] = directory;
    REQUIRE(cli.run({"broadcaster", "list"}).code == 0);
    REQUIRE(cli.opened->server);
    CHECK_FALSE(cli.opened->direct);
    CHECK(cli.opened->server->url == "http://127.0.0.1:8080");
    CHECK(cli.opened->server->api_secret.equals("from-data-dir"));
    CHECK(cli.opened->server->credential == Credential::kHmac);
    CHECK(cli.opened->server->key_name == "cli:ada");

    cli.environment["API_SECRET"] = "from-environment";
    REQUIRE(cli.run({"broadcaster", "list", "--auth", "shared-secret"}).code == 0);
    CHECK(cli.opened->server->api_secret.equals("from-environment"));
    CHECK(cli.opened->server->credential == Credential::kSharedSecret);

    const std::string file = directory / "mine";
    REQUIRE(cli.run({"broadcaster", "list", "--api-secret-file", file, "--key-name", "me",
                     "--server", "https://rescue.example.org"})
                .code == 0);
    CHECK(cli.opened->server->api_secret.equals("from-file"));
    CHECK(cli.opened->server->key_name == "me");
    CHECK(cli.opened->server->url == "https://rescue.example.org");

    cli.opened.reset();
    const std::string two = directory / "two";
    CHECK(cli.run({"broadcaster", "list", "--api-secret-file", two}).code == 2);
    CHECK(cli.run({"broadcaster", "list", "--api-secret-file", "/nonexistent/x"}).code == 2);
    cli.environment.erase("API_SECRET");
    cli.environment["DATA_DIR"] = "/nonexistent";
    const auto none = cli.run({"broadcaster", "list"});
    CHECK(none.code == 2);
    CHECK(contains(none.err, "--api-secret-file"));
    CHECK_FALSE(cli.opened);
    std::filesystem::remove_all(directory);
}

TEST_CASE("a server's address holds no path and no credential") {
    TestCli cli;
    cli.environment["API_SECRET"] = "s";
    for (const char* url : {"localhost:8080", "ftp://x", "http://x/api", "http://x:99999",
                            "http://user:pw@x", "http://x?y"}) {
        INFO(url);
        const auto ran = cli.run({"broadcaster", "list", "--server", url});
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, "--server"));
        CHECK_FALSE(contains(ran.err, "pw"));
    }
    CHECK_FALSE(cli.opened);
}
