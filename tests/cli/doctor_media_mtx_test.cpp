#include "doctor_case.hpp"

namespace doctor_test {

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

TEST_CASE_FIXTURE(HealthyCase,
                  "a MediaMTX that takes connections and never answers is told to be restarted") {
    media_mtx.set_fault(testing::MtxFault::kHang);
    const auto ran = examine();
    media_mtx.set_fault(testing::MtxFault::kNone);
    CHECK(ran.code == 1);
    CHECK(contains(about("nodes", ran), "does not answer: it is frozen or suspended"));
    CHECK(contains(about("nodes", ran), "Restart MediaMTX, with kill -9"));
}

TEST_CASE_FIXTURE(HealthyCase, "an address that leads to no server, or to another path, is told") {
    configuration.auth_http_address = dead_origin() + "/auth";
    CHECK(contains(about("authentication", examine()), "leads to no server"));
    configuration.auth_http_address = server.origin() + "/authenticate";
    CHECK(contains(about("authentication", examine()), "it must be /auth"));
    configuration.auth_http_address = media_mtx.url() + "/auth";
    CHECK(contains(about("authentication", examine()), "another program answers"));
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

TEST_CASE_FIXTURE(HealthyCase, "a file is compared with what MediaMTX uses instead of it") {
    const std::string file = directory.file("mediamtx.yml");
    const auto compare = [&](const std::string& text) {
        std::ofstream(file) << text;
        return about("mediamtx.yml", examine({"--mediamtx-file", file}));
    };
    const std::string right =
        "authMethod: http\nauthHTTPAddress: " + server.origin() +
        "/auth\nlogLevel: error\napi: yes\napiAddress: 127.0.0.1:9\nauthHTTPExclude: []\n"
        "pathDefaults:\n  record: no\npaths:\n  all_others:\n";
    CHECK(about("mediamtx.yml", examine()).empty());
    CHECK(compare(right).starts_with("ok"));

    configuration.log_level = "debug";
    all_others().record = true;
    configuration.auth_http_exclude = {{"publish", ""}};
    MediaPathSettings camera;
    camera.name = "cam1";
    camera.source = "rtsp://admin:hidden@192.0.2.7/1";
    configuration.paths.push_back(camera);
    const auto told = compare(right + "  gate:\n  cam1:\n    source: rtsp://192.0.2.8/1\n");
    CHECK(contains(told, "logLevel is error in the file, and debug in use"));
    CHECK(contains(told, "Remove MTX_LOGLEVEL from MediaMTX's environment"));
    CHECK(contains(told, "paths.all_others.record is no in the file, and yes in use"));
    CHECK(contains(told, "authHTTPExclude is another in the file than in use"));
    CHECK(contains(told, "paths.gate is in the file, and not in use"));
    CHECK(contains(told, "paths.cam1.source is another in the file than in use"));
    CHECK(contains(told, "MTX_PATHS_CAM1_SOURCE"));
    CHECK_FALSE(contains(told, "MTX_PATHS_ALL_OTHERS"));
    CHECK_FALSE(contains(told, "hidden"));
    CHECK(contains(compare(right), "paths.cam1 is in use, and not in the file"));
    CHECK_FALSE(contains(compare(right + "  cam1:\n"), "paths.cam1.source"));
    CHECK(contains(compare("authMethod: [\n"), "error"));
    CHECK(contains(about("mediamtx.yml", examine({"--mediamtx-file", file + "x"})), "be read"));
}

}  // namespace doctor_test
