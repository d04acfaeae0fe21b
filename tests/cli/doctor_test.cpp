#include "doctor/public_places.hpp"
#include "doctor_case.hpp"

namespace doctor_test {

TEST_CASE_FIXTURE(HealthyCase, "doctor finds nothing wrong with what is right") {
    const auto ran = examine();
    for (const char* check :
         {"settings", "secret files", "data directory", "database", "authentication", "interfaces",
          "hooks", "takeover", "paths", "helpers"}) {
        CAPTURE(check);
        CHECK(about(check, ran).starts_with("ok "));
        CHECK_FALSE(contains(about(check, ran), "Mend:"));
    }
    CHECK(ran.err.empty());
}

TEST_CASE_FIXTURE(HealthyCase, "doctor only reads: it sends no request that changes MediaMTX") {
    (void)examine();
    for (const auto& request : media_mtx.requests()) {
        CAPTURE(request);
        CHECK(request.starts_with("GET /v3/"));
        CHECK_FALSE(contains(request, "hls"));
        CHECK_FALSE(contains(request, "rtspsessions"));
    }
    CHECK(media_mtx.requests().size() < 10);
}

TEST_CASE_FIXTURE(HealthyCase, "doctor names each wrong setting") {
    cli.environment["STALE_AFTER"] = "soon";
    const auto ran = examine();
    CHECK(ran.code == 1);
    CHECK(contains(about("settings", ran), "STALE_AFTER"));
}

TEST_CASE_FIXTURE(HealthyCase,
                  "a secret file that cannot be read is one fault, and the rest is judged") {
    const auto whole = examine();
    const auto ran = examine({"--api-secret-file", "/nonexistent/secret"});
    CHECK(ran.code == 1);
    CHECK(contains(ran.out, "/nonexistent/secret"));
    CHECK(contains(ran.out, "Mend: Correct --api-secret-file."));
    CHECK(contains(about("settings", ran), "/nonexistent/secret"));
    for (const auto* check : {"data directory", "database", "secret files", "server", "paths"}) {
        CHECK(about(check, ran) == about(check, whole));
    }
}

TEST_CASE_FIXTURE(HealthyCase,
                  "a wrong setting lets doctor say nothing untrue about what it keeps") {
    cli.environment["API_SECRET_FILE"] = "/nonexistent/secret";
    auto ran = examine();
    CHECK(contains(about("settings", ran), "API_SECRET_FILE"));
    CHECK(contains(about("data directory", ran), "can be used"));
    CHECK(contains(about("database", ran), "skipped"));
    CHECK(contains(ran.out, "1 error, "));
    cli.environment.erase("API_SECRET_FILE");
    cli.environment["DATABASE_URL"] = "mysql://db";
    ran = examine();
    CHECK(contains(about("data directory", ran), "can be used"));
    CHECK_FALSE(contains(ran.out, "HOME"));
    CHECK(contains(about("database", ran), "skipped"));
}

TEST_CASE_FIXTURE(HealthyCase, "guest links that lead elsewhere than to the server are told") {
    CHECK_FALSE(contains(examine().out, "guest links"));
    cli.environment["PUBLIC_URL"] = "http://localhost:1";
    CHECK(contains(about("addresses", examine()),
                   "guest links: Their addresses begin with "
                   "http://localhost:1, and the server listens"));
}

TEST_CASE(
    "guest links that lead to a guest's own machine are told where encoders come from others") {
    MediaMtxStub media_mtx;
    auto settings = at_media_mtx(media_mtx.url());
    settings.addresses = derive_public_addresses("http://media.invalid:8889").value();
    TestCli cli{settings};
    TemporaryDirectory directory;
    cli.environment = {{"DATA_DIR", directory.path().string()},
                       {"DATABASE_URL", "memory:"},
                       {"API_PORT", "9"},
                       {"MEDIAMTX_API_URL", media_mtx.url()}};
    auto told = cli.run({"doctor"}).out;
    CHECK(
        contains(told, "guest links: Their addresses begin with http://localhost:9, which leads"));
    CHECK(contains(told, "Set PUBLIC_URL"));
    cli.environment["PUBLIC_URL"] = "https://rescue.example.org";
    CHECK_FALSE(contains(cli.run({"doctor"}).out, "guest links"));
}

TEST_CASE_FIXTURE(HealthyCase, "doctor names a secret that every user can read") {
    const std::string file = directory.file("api-secret");
    std::ofstream(file) << "a-secret-that-is-long-enough-0123456789\n";
    ::chmod(file.c_str(), 0644);
    const auto ran = examine();
    CHECK(ran.code == 1);
    CHECK(contains(about("secret files", ran), "chmod 600 " + file));
    CHECK_FALSE(contains(ran.out, "a-secret-that"));
}

TEST_CASE_FIXTURE(HealthyCase, "a server that is down is told as that, and not as a credential") {
    cli.environment["API_PORT"] = port_of_origin(dead_origin());
    media_mtx.require_credential("nobody", "knows");
    const auto ran = examine();
    CHECK(ran.code == 1);
    CHECK(contains(about("server", ran), "does not run"));
    CHECK(contains(about("nodes", ran), "asks rescuestream-server, which does not run"));
    CHECK_FALSE(contains(about("nodes", ran), "MEDIAMTX_API_USER"));
}

TEST_CASE_FIXTURE(HealthyCase, "a refused credential of the control interface is told as that") {
    media_mtx.require_credential("nobody", "knows");
    const auto ran = examine();
    CHECK(ran.code == 1);
    CHECK(contains(about("nodes", ran), "credential"));
    CHECK(contains(about("nodes", ran), "mediamtx config --merge"));
}

TEST_CASE_FIXTURE(HealthyCase, "a server that refuses API_SECRET has another one") {
    cli.environment["API_SECRET"] = "a-secret-that-is-long-enough-0123456789";
    const auto ran = examine();
    CHECK(contains(about("server", ran), "refuses API_SECRET"));
    CHECK_FALSE(contains(ran.out, "a-secret-that"));
}

TEST_CASE_FIXTURE(HealthyCase, "a MediaMTX that does not answer is told with its address") {
    cli.open_node = [](const DirectConnection& connection, const NodeStatus& status) {
        DirectConnection gone = connection;
        gone.settings.api_url = dead_origin();
        return open_node(gone, status);
    };
    const auto ran = examine();
    CHECK(ran.code == 1);
    CHECK(contains(about("nodes", ran), "no program listens"));
    for (const auto& line : lines_of(ran.out)) CHECK_FALSE(line.ends_with(".."));
    CHECK_FALSE(contains(ran.out, ".. "));
    CHECK(contains(about("nodes", ran), "MEDIAMTX_API_URL"));
    CHECK(about("authentication", ran).starts_with("skipped"));
}

TEST_CASE("doctor asks the MediaMTX of the server, and says that its own settings name another") {
    MediaMtxStub used;
    HttpStub server([&](const httplib::Request& request, httplib::Response& response) {
        if (request.path != "/nodes") return answer_as_server(request, response);
        response.set_content(
            R"({"nodes":[{"name":"default","label":"","state":"up","health":"up","draining":false,)"
            R"("default":true,"enforcement":"asked","unknown_publishers":[],"path_notes":[],)"
            R"("api_url":")" +
                used.url() + R"(","addresses":{"webrtc":")" + used.url() +
                R"(","hls":"http://127.0.0.1:1","rtsp":"rtsp://127.0.0.1:1","rtmp":"rtmp://127.0.0.1:1",)"
                R"("srt":"srt://127.0.0.1:1"}}],"count":1})",
            "application/json");
    });
    TestCli cli{at_media_mtx(dead_origin())};
    cli.environment["DATABASE_URL"] = "memory:";
    cli.environment["API_PORT"] = port_of_origin(server.origin());
    cli.environment["API_SECRET"] = "a-secret-that-is-long-enough-0123456789";
    cli.environment["MEDIAMTX_API_URL"] = dead_origin();
    cli.open_node = open_node;
    const auto ran = cli.run({"doctor"});
    CHECK(contains(ran.out, "The server uses MediaMTX at " + used.url()));
    CHECK(contains(ran.out, "MEDIAMTX_API_URL=" + used.url()));
    CHECK_FALSE(used.requests().empty());
}

TEST_CASE_FIXTURE(HealthyCase,
                  "beside a server, its MediaMTX is examined with the credential of DATA_DIR") {
    HttpStub answering([&](const httplib::Request& request, httplib::Response& response) {
        if (request.path != "/nodes") return answer_as_server(request, response);
        response.set_content(list_of_default_node(R"("health":"up")", media_mtx.url()),
                             "application/json");
    });
    cli.through_server = true;
    cli.open_node = open_node;
    const auto keep = [&](const std::string& name, const std::string& secret) {
        const std::string file = directory.file(name);
        std::ofstream(file) << secret << '\n';
        ::chmod(file.c_str(), 0600);
    };
    keep("api-secret", "a-secret-that-is-long-enough-0123456789");
    configuration.auth_method = "internal";
    // The credential is derived from it, unless there is another one.
    CHECK(contains(about("authentication", examine({"--server", answering.origin()})),
                   "authMethod: internal"));
    keep("mediamtx-api-secret", "the-control-secret-of-this-machine-0123");
    CHECK(contains(about("authentication", examine({"--server", answering.origin()})),
                   "authMethod: internal"));
}

TEST_CASE_FIXTURE(HealthyCase, "settings that only the server has are not judged by the defaults") {
    HttpStub answering([&](const httplib::Request& request, httplib::Response& response) {
        if (request.path != "/nodes") return answer_as_server(request, response);
        response.set_content(list_of_default_node(R"("health":"up")", media_mtx.url()),
                             "application/json");
    });
    cli.environment["API_PORT"] = port_of_origin(answering.origin());
    cli.environment["API_SECRET"] = "a-secret-that-is-long-enough-0123456789";
    cli.environment.erase("MEDIAMTX_API_URL");
    cli.open_node = open_node;
    service("rtsp").address = ":8555";
    configuration.paths.push_back(all_others());
    configuration.paths.back().name = "cam/gate";
    configuration.paths.back().commands = {
        {"runOnDemand", "ffmpeg -i x -f rtsp rtsp://helper:x@127.0.0.1:8555/cam/gate"}};
    const auto ran = examine();
    CHECK_FALSE(contains(about("nodes", ran), "MEDIAMTX_API_URL"));
    CHECK(about("interfaces", ran).starts_with("skipped"));
    CHECK(contains(about("helpers", ran), "is not known here"));
    CHECK_FALSE(contains(about("helpers", ran), "Set HELPER_PATHS"));
    // What is set here is compared.
    cli.environment["MEDIAMTX_RELAY_URL"] = "rtsp://127.0.0.1:8554";
    CHECK(contains(about("interfaces", examine()), "MEDIAMTX_RELAY_URL=rtsp://127.0.0.1:8555"));
}

TEST_CASE_FIXTURE(HealthyCase, "a setting that keeps all new keys from being created is told") {
    cli.environment["HELPER_PATHS"] = "live/*";
    CHECK(contains(about("helpers", examine()), "no key can be created"));
}

TEST_CASE_FIXTURE(HealthyCase,
                  "addresses that lead to one's own machine, and ports that are closed") {
    cli.environment["MEDIAMTX_PUBLIC_URL"] = dead_origin();
    const auto ran = examine();
    CHECK(contains(about("addresses", ran), "lead to their own machine"));
    CHECK(contains(about("ports", ran), "rtsp at rtsp://127.0.0.1:"));
    CHECK(ran.code == 1);
}

TEST_CASE_FIXTURE(HealthyCase, "every option that a mend of a node's address names exists") {
    const auto help = cli.run({"node", "edit", "--help"}).out;
    const auto places = doctor::public_places(PublicAddresses());
    CHECK(places.size() == 5);
    for (const auto& place : places) {
        CAPTURE(place.option);
        CHECK(contains(help, std::string("  ") + place.option + " URL"));
    }
}

TEST_CASE_FIXTURE(HealthyCase, "a program can read what doctor found") {
    configuration.auth_method = "internal";
    for (const auto& arguments : {std::vector<std::string>{"--output", "json"}, {"--json"}}) {
        const auto ran = examine(arguments);
        CHECK(ran.code == 1);
        CHECK(ran.out.starts_with(R"({"status":"error","errors":)"));
        CHECK(contains(ran.out, R"({"check":"authentication","status":"error",)"
                                R"("subject":"node default","message":"MediaMTX does not ask)"));
        CHECK(contains(ran.out, R"("mend":"rescuestream-cli mediamtx config --merge)"));
    }
    const auto quiet = examine({"--quiet"});
    for (const auto& line : lines_of(quiet.out)) CHECK_FALSE(line.starts_with("ok"));
}

TEST_CASE_FIXTURE(HealthyCase,
                  "doctor does not advise a merge for a MediaMTX that asks since the merge") {
    HttpStub answering([&](const httplib::Request& request, httplib::Response& response) {
        if (request.path != "/nodes") return answer_as_server(request, response);
        response.set_content(
            list_of_default_node(
                R"("state":"not_asking","health":"not_asking","enforcement":"watching",)"
                R"("reason":"The media server has not been seen to ask.")",
                media_mtx.url()),
            "application/json");
    });
    cli.environment["API_PORT"] = port_of_origin(answering.origin());
    cli.environment["API_SECRET"] = "a-secret-that-is-long-enough-0123456789";
    cli.open_node = open_node;
    configuration.auth_http_address = answering.origin() + "/auth";
    const auto ran = examine();
    REQUIRE(about("authentication", ran).starts_with("ok"));
    const auto told = about("nodes", ran);
    CHECK(contains(told, "It asks now; RescueStream confirms it when the first encoder connects."));
    CHECK_FALSE(contains(told, "error"));
    CHECK_FALSE(contains(told, "--merge"));

    configuration.auth_method = "internal";
    const auto before = about("nodes", examine());
    CHECK(contains(before, "error"));
    CHECK(contains(before, "The media server has not been seen to ask."));
    CHECK(contains(before, "mediamtx config --merge"));
}

}  // namespace doctor_test
