#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>

#include "admin/open_direct.hpp"
#include "doctor/public_places.hpp"
#include "http_stub.hpp"
#include "rescuestream/version.hpp"
#include "support/control_credential.hpp"
#include "support/media_credential.hpp"
#include "support/media_mtx_stub.hpp"
#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using rescuestream::testing::MediaMtxStub;
using rescuestream::testing::TemporaryDirectory;

namespace doctor_test {
namespace {

std::string port_of_origin(const std::string& origin) {
    return origin.substr(origin.rfind(':') + 1);
}

// A server that is ready and accepts every secret.
void answer_as_server(const httplib::Request& request, httplib::Response& response) {
    if (request.path == "/livez") {
        response.set_content(R"({"status":"ok"})", "application/json");
    } else if (request.path == "/readyz") {
        response.set_content(
            R"({"status":"ready","database":"ok","media_server":"ok","version":")" +
                std::string(RESCUESTREAM_VERSION) + R"(","checks":[]})",
            "application/json");
    } else {
        response.status = 401;
        response.set_content("{}", "application/json");
    }
}

OrchestratorSettings at_media_mtx(const std::string& url) {
    auto settings = testing::TestOrchestrator::default_settings();
    settings.api_url = url;
    return settings;
}

/// An installation in which everything is right: a server, and a MediaMTX that asks it.
class HealthyCase {
public:
    HealthyCase() {
        cli.environment["DATA_DIR"] = directory.path().string();
        cli.environment["DATABASE_URL"] = "memory:";
        cli.environment["API_PORT"] = port_of_origin(server.origin());
        cli.environment["MEDIAMTX_API_URL"] = media_mtx.url();
        // Addresses of a machine that others reach, and which is not asked.
        cli.environment["MEDIAMTX_PUBLIC_URL"] = media_mtx.url();
        cli.open_node = [](const DirectConnection& connection, const NodeStatus& status) {
            NodeStatus asked = status;
            asked.node.api_url = connection.settings.api_url;
            return open_node(connection, asked);
        };
        auto& found = configuration;
        found.auth_method = "http";
        found.auth_http_address = server.origin() + "/auth";
        found.log_level = "error";
        for (const char* name : {"api", "metrics", "pprof", "playback"}) {
            found.services.push_back({name, true, "127.0.0.1:9"});
        }
        for (const char* name : {"rtmp", "hls", "webrtc", "srt"}) {
            found.services.push_back({name, true, ":9"});
        }
        found.services.push_back({"rtsp", true, ":8554"});
        MediaPathSettings all_others;
        all_others.name = "all_others";
        found.paths = {all_others};
    }

    Ran examine(std::vector<std::string> more = {}) {
        media_mtx.model().set_configuration(configuration);
        more.insert(more.begin(), "doctor");
        return cli.run(more);
    }

    // The lines of one check, with what mends them.
    std::string about(const std::string& check, const Ran& ran) const {
        std::string text;
        bool is_of_check = false;
        for (const auto& line : lines_of(ran.out)) {
            if (!line.starts_with(' ')) is_of_check = line.substr(9).starts_with(check);
            if (is_of_check) text += line + "\n";
        }
        return text;
    }

    MediaPathSettings& all_others() { return configuration.paths.at(0); }
    MediaService& service(const std::string& name) {
        return *std::find_if(configuration.services.begin(), configuration.services.end(),
                             [&](const MediaService& each) { return each.name == name; });
    }

    TemporaryDirectory directory;
    HttpStub server{answer_as_server};
    MediaMtxStub media_mtx;
    TestCli cli{at_media_mtx(media_mtx.url())};
    MediaConfiguration configuration;
};

}  // namespace

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
        response.set_content(
            R"({"nodes":[{"name":"default","label":"","health":"up","draining":false,)"
            R"("default":true,"unknown_publishers":[],"path_notes":[],"api_url":")" +
                media_mtx.url() + R"(","addresses":{"webrtc":")" + media_mtx.url() +
                R"(","hls":")" + media_mtx.url() +
                R"(","rtsp":"rtsp://127.0.0.1:1","rtmp":"rtmp://127.0.0.1:1",)"
                R"("srt":"srt://127.0.0.1:1"}}],"count":1})",
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
    CHECK(contains(about("authentication", examine({"--server", answering.origin()})), "skipped"));
    keep("mediamtx-api-secret", "the-control-secret-of-this-machine-0123");
    CHECK(contains(about("authentication", examine({"--server", answering.origin()})),
                   "authMethod: internal"));
}

namespace {

// The answer of a server that knows one credential, which may read streams alone.
void answer_to_narrow_credential(const httplib::Request& request, httplib::Response& response) {
    if (request.path != "/nodes") return answer_as_server(request, response);
    response.status = 403;
    response.set_content(R"({"type":"/errors/forbidden","title":"Forbidden","status":403,)"
                         R"("detail":"This needs the scope nodes:read."})",
                         "application/problem+json");
}

const std::string kNarrow = "rsc_abcdefghijkl_" + std::string(43, 'a');

}  // namespace

TEST_CASE_FIXTURE(HealthyCase, "a credential with few rights is accepted, and blamed for nothing") {
    HttpStub narrow(answer_to_narrow_credential);
    const std::string file = directory.file("credential");
    std::ofstream(file) << kNarrow << '\n';
    ::chmod(file.c_str(), 0600);
    cli.environment = {{"HOME", directory.path().string()}};
    const auto ran = examine({"--server", narrow.origin(), "--api-secret-file", file});
    CHECK(ran.code == 0);
    CHECK(contains(about("server", ran), "It accepts the credential in " + file));
    CHECK(contains(about("server", ran), "the scope nodes:read"));
    CHECK_FALSE(contains(ran.out, "API_SECRET"));
    CHECK(contains(ran.out, "0 errors"));
    CHECK_FALSE(contains(ran.out, kNarrow));
}

TEST_CASE_FIXTURE(HealthyCase,
                  "doctor examines the server of the profile that is in use or named") {
    HttpStub narrow(answer_to_narrow_credential);
    cli.environment = {{"HOME", directory.path().string()}};
    cli.answer = kNarrow + "\n";
    REQUIRE(cli.run({"profile", "add", "north", "--server", narrow.origin(), "--unchecked"}).code ==
            0);
    const auto named = examine({"--profile", "north"});
    CHECK(named.code == 0);
    CHECK(contains(about("server", named), narrow.origin()));
    CHECK(contains(about("server", named), "accepts the credential of the profile north"));
    CHECK(about("database", named).starts_with("skipped"));
    REQUIRE(cli.run({"profile", "use", "north"}).code == 0);
    CHECK(examine().out == named.out);
    CHECK(examine({"--profile", "south"}).code == 3);
}

TEST_CASE_FIXTURE(
    HealthyCase,
    "beside a server that accepts the secret of DATA_DIR, the files are examined too") {
    HttpStub answering([&](const httplib::Request& request, httplib::Response& response) {
        if (request.path != "/nodes") return answer_as_server(request, response);
        response.set_content(R"({"nodes":[],"count":0})", "application/json");
    });
    cli.environment = {{"HOME", directory.path().string()},
                       {"DATA_DIR", directory.path().string()},
                       {"RESCUESTREAM_SERVER", answering.origin()}};
    for (const char* name : {"api-secret", "mediamtx-api-secret"}) {
        const std::string file = directory.file(name);
        std::ofstream(file) << "a-secret-that-is-long-enough-0123456789\n";
        ::chmod(file.c_str(), 0600);
    }
    ::chmod(directory.path().c_str(), 0700);
    auto ran = examine();
    CHECK(about("secret files", ran).starts_with("ok       secret files    2 files"));
    CHECK(about("data directory", ran).starts_with("ok"));
    CHECK(about("database", ran).starts_with("ok"));
    ::chmod(directory.file("api-secret").c_str(), 0644);
    CHECK(contains(about("secret files", examine()), "chmod 600"));
    // A server elsewhere has files of its own.
    cli.environment["DATA_DIR"] = directory.file("none");
    ran = examine();
    CHECK(about("secret files", ran).starts_with("skipped"));
    CHECK(about("data directory", ran).starts_with("skipped"));
}

TEST_CASE_FIXTURE(HealthyCase, "settings that only the server has are not judged by the defaults") {
    HttpStub answering([&](const httplib::Request& request, httplib::Response& response) {
        if (request.path != "/nodes") return answer_as_server(request, response);
        response.set_content(
            R"({"nodes":[{"name":"default","label":"","health":"up","draining":false,)"
            R"("default":true,"unknown_publishers":[],"path_notes":[],"api_url":")" +
                media_mtx.url() + R"(","addresses":{"webrtc":")" + media_mtx.url() +
                R"(","hls":")" + media_mtx.url() +
                R"(","rtsp":"rtsp://127.0.0.1:1","rtmp":"rtmp://127.0.0.1:1",)"
                R"("srt":"srt://127.0.0.1:1"}}],"count":1})",
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

TEST_CASE_FIXTURE(HealthyCase, "an old release of MediaMTX is told") {
    media_mtx.set_version("v1.9.3");
    CHECK(contains(about("nodes", examine()), "too old"));
    media_mtx.set_version("v1.17.1");
    const auto ran = examine();
    CHECK(about("nodes", ran).starts_with("warning"));
}

TEST_CASE_FIXTURE(HealthyCase,
                  "a MediaMTX that does not ask is told with the command that mends it") {
    configuration.auth_method = "internal";
    const auto ran = examine();
    CHECK(ran.code == 1);
    CHECK(contains(about("authentication", ran), "authMethod: internal"));
    CHECK(contains(about("authentication", ran), "mediamtx config --merge"));
}

TEST_CASE_FIXTURE(HealthyCase, "an address that leads to no server, or to another path, is told") {
    configuration.auth_http_address = dead_origin() + "/auth";
    CHECK(contains(about("authentication", examine()), "leads to no server"));
    configuration.auth_http_address = server.origin() + "/authenticate";
    CHECK(contains(about("authentication", examine()), "it must be /auth"));
    configuration.auth_http_address = media_mtx.url() + "/auth";
    CHECK(contains(about("authentication", examine()), "another program answers"));
}

TEST_CASE_FIXTURE(HealthyCase, "the credential of the node is right, that of another one is told") {
    cli.environment["API_SECRET"] = "the secret of the API of this server";
    const Secret control = derive_control_secret(Secret(cli.environment.at("API_SECRET")));
    const auto ask_with = [&](const char* node) {
        configuration.auth_http_address = server.origin() + "/auth";
        configuration.auth_http_address.insert(
            7, "mediamtx:" + media_secret_of(control, node).reveal() + "@");
        const auto ran = examine();
        CHECK_FALSE(contains(ran.out, media_secret_of(control, node).reveal()));
        return about("authentication", ran);
    };
    CHECK(ask_with("default").starts_with("ok"));
    CHECK(contains(ask_with("north"), "the credential of another node"));
}

TEST_CASE_FIXTURE(HealthyCase, "another media secret is told, and neither is shown") {
    cli.environment["MEDIA_SECRET"] = "media-secret-of-the-server-0123456789";
    configuration.auth_http_address = server.origin() + "/auth";
    CHECK(contains(about("authentication", examine()), "has no MEDIA_SECRET"));
    configuration.auth_http_address.insert(7, "mediamtx:media-secret-of-another-0123@");
    auto ran = examine();
    CHECK(contains(about("authentication", ran), "another MEDIA_SECRET"));
    CHECK_FALSE(contains(ran.out, "media-secret-of"));
    configuration.auth_http_address = server.origin() + "/auth";
    configuration.auth_http_address.insert(7, "mediamtx:media-secret-of-the-server-0123456789@");
    ran = examine();
    CHECK(about("authentication", ran).starts_with("ok"));
    CHECK_FALSE(contains(ran.out, "media-secret-of"));
}

TEST_CASE_FIXTURE(HealthyCase, "what is exempted from authentication is told by its danger") {
    configuration.auth_http_exclude = {{"publish", ""}};
    CHECK(contains(about("authentication", examine()), "everybody may publish"));
    configuration.auth_http_exclude = {{"api", ""}};
    auto ran = examine();
    CHECK(ran.code == 1);
    CHECK(contains(about("authentication", ran), "open without a credential"));
    configuration.auth_http_exclude = {{"metrics", ""}};
    CHECK(about("authentication", examine()).starts_with("warning"));
    configuration.auth_http_exclude = {{"publish", "~^other/"}};
    CHECK(contains(about("authentication", examine()), "IGNORE_PATHS is not set"));
    cli.environment["IGNORE_PATHS"] = "other/*";
    CHECK(contains(about("authentication", examine()), "stay only at paths"));
}

TEST_CASE_FIXTURE(HealthyCase,
                  "interfaces that other machines can reach are told with their line") {
    for (const char* name : {"api", "metrics", "pprof", "playback"}) {
        CAPTURE(name);
        service(name).address = ":1234";
        const auto ran = examine();
        CHECK(contains(about("interfaces", ran), std::string(name) + "Address: 127.0.0.1:1234"));
        service(name).enabled = false;
        if (std::string(name) != "api") {
            CHECK_FALSE(contains(about("interfaces", examine()), std::string(name) + "Address"));
        }
        service(name) = {name, true, "[::1]:1234"};
    }
    CHECK(about("interfaces", examine()).starts_with("ok"));
    service("rtsp").address = ":8555";
    CHECK(contains(about("interfaces", examine()), "MEDIAMTX_RELAY_URL=rtsp://127.0.0.1:8555"));
    service("rtsp") = {"rtsp", false, ":8554"};
    CHECK(contains(about("interfaces", examine()), "rtsp: yes"));
    service("rtsp").enabled = true;
    configuration.api_allow_origins = {"*"};
    CHECK(contains(about("interfaces", examine()), "apiAllowOrigins: []"));
    configuration.services.push_back({"moq", true, ":8893"});
    const auto ran = examine();
    CHECK(ran.code == 1);
    CHECK(contains(about("interfaces", ran), "moq: no"));
}

TEST_CASE_FIXTURE(HealthyCase, "an entry that defeats takeover is told with its name") {
    MediaPathSettings camera;
    camera.name = "cam1";
    camera.override_publisher = false;
    configuration.paths.push_back(camera);
    const auto ran = examine();
    CHECK(ran.code == 1);
    CHECK(contains(about("takeover", ran), "paths.cam1: overridePublisher: yes"));
    configuration.path_defaults.override_publisher = false;
    CHECK(contains(about("takeover", examine()), "pathDefaults: overridePublisher: yes"));
}

TEST_CASE_FIXTURE(HealthyCase, "entries that keep keys away from their paths are told") {
    configuration.paths.clear();
    MediaPathSettings camera;
    camera.name = "cam1";
    camera.source = "rtsp://user:hidden-password@10.0.0.9/1";
    configuration.paths = {camera};
    CHECK(contains(about("paths", examine()), "all_others: {}"));
    const auto broadcaster = cli.id({"broadcaster", "add", "Drone team"});
    cli.id({"key", "create", "-b", broadcaster, "--path", "cam1", "--label", "Gate"});
    const auto ran = examine();
    CHECK(contains(about("paths", ran), "an entry cam1 that pulls another source"));
    CHECK(contains(about("paths", ran), "\"Gate\""));
    CHECK_FALSE(contains(ran.out, "hidden-password"));
}

TEST_CASE_FIXTURE(HealthyCase, "devices that publish to their key must not be recorded under it") {
    all_others().record = true;
    const auto ran = examine();
    CHECK(contains(about("paths", ran), "recorded under the key"));
    cli.environment["LEGACY_PATH_KEYS"] = "deny";
    CHECK(about("paths", examine()).starts_with("ok"));
}

TEST_CASE_FIXTURE(HealthyCase,
                  "helpers that will be refused are told with what lets them publish") {
    MediaPathSettings gate;
    gate.name = "cam/gate";
    gate.commands = {{"runOnDemand", "ffmpeg -i x -f rtsp rtsp://127.0.0.1:$RTSP_PORT/$MTX_PATH"}};
    configuration.paths.push_back(gate);
    auto ran = examine();
    CHECK(ran.code == 1);
    CHECK(contains(about("helpers", ran), "without a credential"));
    CHECK(contains(about("helpers", ran), "HELPER_PATHS"));
    configuration.paths.back().commands = {
        {"runOnDemand", "ffmpeg -i x -f rtsp rtsp://helper:wrong@127.0.0.1:8554/cam/gate"}};
    CHECK(contains(about("helpers", examine()), "HELPER_PATHS=cam/gate"));
    cli.environment["HELPER_PATHS"] = "cam/*";
    cli.environment["API_SECRET"] = "a-secret-that-is-long-enough-0123456789";
    CHECK(contains(about("helpers", examine()), "its password is not"));
    configuration.paths.back().commands = {
        {"runOnDemand", "ffmpeg -i x -f rtsp rtsp://127.0.0.1:8554/cam/gate"}};
    configuration.auth_http_exclude = {{"publish", "cam/gate"}};
    CHECK(contains(about("helpers", examine()), "IGNORE_PATHS=cam/gate"));
    cli.environment["IGNORE_PATHS"] = "cam/gate";
    cli.environment.erase("HELPER_PATHS");
    CHECK(about("helpers", examine()).starts_with("ok"));
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

}  // namespace doctor_test
