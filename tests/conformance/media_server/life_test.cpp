// Starts, ends and faults of the media server itself.
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "conformance/media_server/stage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

constexpr milliseconds kSlack{1'000};  // for a busy machine with two cores

// Every request of the interface, by its name.
std::map<std::string, std::function<std::optional<ErrorCode>()>> all_calls() {
    MediaServer& server = stage().server();
    MediaPathConfig config;
    config.source = "rtsp://127.0.0.1:1/x";
    return {
        {"info", [&] { return code_of(server.info()); }},
        {"list_paths", [&] { return code_of(server.list_paths()); }},
        {"find_path", [&] { return code_of(server.find_path("live/a")); }},
        {"list_connections",
         [&] { return code_of(server.list_connections(ConnectionKind::kRtsp)); }},
        {"kick", [&] { return code_of(server.kick(ConnectionKind::kRtsp, kNobody)); }},
        {"add", [&, config] { return code_of(server.add_path_config("live/r", config)); }},
        {"patch", [&, config] { return code_of(server.patch_path_config("live/r", config)); }},
        {"delete", [&] { return code_of(server.delete_path_config("live/r")); }},
        {"list_path_configs", [&] { return code_of(server.list_path_configs()); }},
    };
}

}  // namespace

TEST_CASE_FIXTURE(StageCase, "a media server reports its version and the time of its start") {
    const auto first = server().info().value();
    CHECK_FALSE(first.version.empty());
    CHECK(first.version.find_first_of(" \r\n\t") == std::string::npos);
    REQUIRE(first.started.has_value());
    CHECK(std::chrono::abs(*first.started - system_clock().now()) < std::chrono::hours(1));
    CHECK(server().info().value() == first);
}

TEST_CASE_FIXTURE(StageCase, "after a restart all connections are gone and `started` is later") {
    const auto before = server().info().value();
    stage().publish(ConnectionKind::kRtsp, "live/a");
    MediaPathConfig config;
    config.source = "rtsp://127.0.0.1:1/x";
    server().add_path_config("live/relay", config).value();
    stage().restart();
    const auto after = server().info().value();
    CHECK(after.version == before.version);
    CHECK(after.started.value() > before.started.value());
    CHECK(paths().empty());
    CHECK(connections(ConnectionKind::kRtsp).empty());
    CHECK(code_of(server().delete_path_config("live/relay")) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StageCase, "a media server that is down is unavailable until it is back") {
    server().info().value();  // opens a connection, which then breaks
    stage().set_down(true);
    for (const auto& call : all_calls()) {
        CAPTURE(call.first);
        CHECK(call.second() == ErrorCode::kUnavailable);
    }
    stage().set_down(false);
    CHECK(code_of(server().info()) == std::nullopt);
    CHECK(code_of(server().list_paths()) == std::nullopt);
}

TEST_CASE_FIXTURE(StageCase, "calls to a media server that does not answer fail in time") {
    server().info().value();
    stage().set_hanging(true);
    std::vector<std::thread> callers;  // all at once, since they do not wait for one another
    std::map<std::string, std::optional<ErrorCode>> codes;
    std::mutex mutex;
    const auto start = std::chrono::steady_clock::now();
    for (const auto& [name, call] : all_calls()) {
        callers.emplace_back([&codes, &mutex, name = name, call = call] {
            const auto code = call();
            const std::lock_guard lock(mutex);
            codes[name] = code;
        });
    }
    for (auto& caller : callers) caller.join();
    const auto duration = std::chrono::steady_clock::now() - start;
    stage().set_hanging(false);

    CHECK(codes.size() == all_calls().size());
    for (const auto& code : codes) {
        CAPTURE(code.first);
        CHECK(code.second == ErrorCode::kTimeout);
    }
    // Requests on RTSP sessions are made one after the other: there are two of them.
    CHECK(duration < 2 * kStageTimeout + kSlack);
    CHECK(eventually([] { return server().info().has_value(); }));
    // A request that was sent while it was frozen may be carried out at any time from now on.
    stage().restart();
}

TEST_CASE_FIXTURE(StageCase, "many threads may call the media server at once") {
    const auto id = stage().publish(ConnectionKind::kRtsp, "live/a");
    std::atomic<int> right{0};
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 8; ++caller) {
        callers.emplace_back([&] {
            for (int round = 0; round < 10; ++round) {
                const auto listed = server().list_paths();
                const auto sessions = server().list_connections(ConnectionKind::kRtsp);
                const bool is_right = listed && listed->size() == 1 && (*listed)[0].source &&
                                      (*listed)[0].source->id == id && sessions &&
                                      sessions->size() == 1 && (*sessions)[0].id == id;
                if (is_right) ++right;
            }
        });
    }
    for (auto& caller : callers) caller.join();
    CHECK(right == 80);
}
