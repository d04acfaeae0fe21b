// A record that a creating route refuses does not exist afterwards.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "support/faulty_storage.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::FaultyStorage;
using rescuestream::testing::StorageFaults;

using Members = std::vector<std::pair<std::string, std::string>>;  // name and JSON

/// A route that creates records, and the list of these.
struct Creation {
    std::string route;
    std::string step;  // of the storage
    Members good;
    std::string list;  // route
};

std::string body_of(const Members& members) {
    std::string body;
    for (const auto& [name, json] : members) {
        body += fmt::format(R"({}"{}":{})", body.empty() ? "" : ",", name, json);
    }
    return "{" + body + "}";
}

const std::vector<std::string>& odd_values() {
    static const std::vector<std::string> values{
        "7",
        "-1",
        "1e400",
        "true",
        "{}",
        "[]",
        R"("")",
        R"(" ")",
        R"("a\u0000b")",
        R"("a\nb")",
        R"("\u202e")",
        R"("nonsense")",
        R"("DEFAULT")",
        R"("default")",
        R"("http://10.0.0.2:9997/v3")",
        R"("http://10.0.0.2:9997/?x")",
        R"("http://[zzz]:9997")",
        R"("http://a%00b:9997")",
        R"("http://\"><script>:9997")",
        R"("http://10.0.0.2:99999")",
        R"("http://u:p@10.0.0.2:9997")",
        R"("ftp://10.0.0.2")",
        R"("http://")",
        R"("sk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")",
        R"("01890000-0000-7000-8000-000000000000")",
        R"("2020-01-01T00:00:00Z")",
        R"({"webrtc":"http://[zzz]"})",
        R"({"rtsp":"rtsp://\"><script>"})",
        R"({"srt":"http://h"})",
        R"({"hls":7})",
        R"({"x":{"x":1,"x":2}})",
        "\"" + std::string(2'000, 'x') + "\"",
    };
    return values;
}

class CreationCase {
public:
    CreationCase()
        : server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults), {}) {
        const std::string owner =
            server.call("POST", "/broadcasters", R"({"display_name":"Rescue 1"})").text("id");
        creations = {
            {"/broadcasters",
             "create_broadcaster",
             {{"display_name", R"("Rescue 2")"}, {"metadata", R"({"n":1})"}},
             "/broadcasters"},
            {"/stream-keys",
             "create_stream_key",
             {{"broadcaster_id", "\"" + owner + "\""},
              {"label", R"("Drone")"},
              {"playback_path", R"("live/drone1")"},
              {"expires_at", R"("2999-01-01T00:00:00Z")"},
              {"on_duplicate", R"("reject")"},
              {"reconnect_window", "60"},
              {"stale_after", "5"},
              {"max_session_duration", "60"}},
             "/stream-keys"},
            {"/nodes",
             "create_node",
             {{"name", R"("north")"},
              {"label", R"("North")"},
              {"api_url", R"("http://10.0.0.2:9997")"},
              {"api_user", R"("control")"},
              {"api_password", R"("pw")"},
              {"addresses", R"({"webrtc":"https://north.example:8889"})"}},
             "/nodes"},
            {"/audit-events",
             "append_audit",
             {{"event_type", R"("login")"},
              {"actor", R"("ann")"},
              {"resource_type", R"("x")"},
              {"resource_id", "\"" + owner + "\""},
              {"request_method", R"("GET")"},
              {"request_path", R"("/x")"},
              {"outcome", R"("success")"},
              {"failure_reason", R"("none")"},
              {"metadata", "{}"}},
             "/audit-logs?limit=1"},
        };
    }

    // Returns the number of records of this kind, and of audit entries.
    std::pair<std::int64_t, std::int64_t> counts(const Creation& creation) {
        const std::int64_t entries = audit_total();
        if (creation.route == "/audit-events") return {entries, 0};
        return {server.call("GET", creation.list).json["count"].GetInt64(), entries};
    }

    std::int64_t audit_total() {
        return server.call("GET", "/audit-logs?limit=1").json["pagination"]["total"].GetInt64();
    }

    std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
    TestApplication server;
    std::vector<Creation> creations;
};

}  // namespace

TEST_CASE_FIXTURE(CreationCase, "a refused record is in no list, and can be created afterwards") {
    for (const auto& creation : creations) {
        CAPTURE(creation.route);
        int refusals = 0;
        for (std::size_t changed = 0; changed < creation.good.size(); ++changed) {
            for (const auto& value : odd_values()) {
                Members members = creation.good;
                members[changed].second = value;
                // A second record with the same name would be refused for that.
                for (auto& [name, json] : members) {
                    const bool is_unique = name == "name" || name == "playback_path";
                    if (is_unique && name != members[changed].first) {
                        json = fmt::format(R"("other{}")", refusals);
                    }
                }
                CAPTURE(members[changed].first);
                CAPTURE(value.substr(0, 60));
                const auto before = counts(creation);
                const Reply reply = server.call("POST", creation.route, body_of(members));
                const auto after = counts(creation);
                if (reply.status() == 201) {
                    CHECK(after.first == before.first + 1);
                    if (creation.route == "/nodes") {
                        const std::string name = reply.text("name");
                        CHECK(server.call("DELETE", "/nodes/" + name).status() == 204);
                    } else if (creation.route == "/stream-keys") {
                        CHECK(server.call("DELETE", "/stream-keys/" + reply.text("id")).status() ==
                              204);
                    }
                    continue;
                }
                ++refusals;
                CHECK(reply.status() >= 400);
                CHECK(reply.status() < 500);
                CHECK(after == before);
            }
        }
        CHECK(refusals > 20);
        CHECK(server.call("POST", creation.route, body_of(creation.good)).status() == 201);
    }
}

TEST_CASE_FIXTURE(
    CreationCase,
    "a record that the storage refused is in no list, and can be created afterwards") {
    for (const auto& creation : creations) {
        CAPTURE(creation.route);
        const auto before = counts(creation);
        faults->fail_method(creation.step);
        CHECK(server.call("POST", creation.route, body_of(creation.good)).status() == 503);
        faults->clear();
        CHECK(counts(creation) == before);
        CHECK(server.call("POST", creation.route, body_of(creation.good)).status() == 201);
    }
}

TEST_CASE_FIXTURE(CreationCase,
                  "creating a node succeeds even if the list of nodes cannot be read") {
    faults->fail_method("list_nodes");
    const Reply created = server.call(
        "POST", "/nodes", R"({"name":"north","label":"N","api_url":"http://10.0.0.2:9997"})");
    CHECK(created.status() == 201);
    CHECK(created.text("name") == "north");
    CHECK(created.text("label") == "N");
    faults->clear();
    CHECK(server.call("GET", "/nodes/north").text("label") == "N");
}

}  // namespace rescuestream::server::testing
