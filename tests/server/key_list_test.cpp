#include <doctest/doctest.h>

#include <random>

#include "protected_application.hpp"
#include "support/make_uuid.hpp"

using namespace rescuestream;
using namespace rescuestream::server;
using namespace rescuestream::server::testing;

namespace {

using std::chrono::seconds;

/// A server that keeps its list of keys, beside one that builds it for each request.
struct KeyListApplication : ProtectedApplication {
    /// Returns the whole list. Fails when the kept list differs from the newly built one.
    std::string list() {
        const auto kept = protection.key_list.json(*test.orchestrator);
        const auto anew = TestApplication::call("GET", "/stream-keys");
        REQUIRE(kept);
        REQUIRE(anew.status() == 200);
        const bool is_same = **kept == anew.response.body;
        CHECK(is_same);
        return **kept;
    }
    std::string new_broadcaster() {
        return call("POST", "/broadcasters", R"({"display_name":"Team"})").text("id");
    }
    struct Key {
        std::string id, value, path, owner;
    };
    Key new_key(const std::string& owner, const std::string& more = "") {
        const auto made =
            call("POST", "/stream-keys",
                 fmt::format(R"({{"broadcaster_id":"{}","label":"a \"b\" ü"{}}})", owner, more));
        return {made.text("id"), made.text("key_value"), made.text("playback_path"), owner};
    }
    std::string in(seconds from_now) { return format_rfc3339(test.clock.now() + from_now); }
};

}  // namespace

TEST_CASE("a list of keys that is updated by changes equals a newly built one") {
    KeyListApplication server;
    std::mt19937 random(11);
    const auto any = [&](auto& list) -> auto& {
        return list[random() % list.size()];
    };
    CHECK(server.list() == R"({"stream_keys":[],"count":0})");
    std::vector<std::string> owners{server.new_broadcaster()};
    std::vector<KeyListApplication::Key> keys{server.new_key(owners[0])};
    const std::vector<std::string> changes{"/revoke", "/disable", "/enable", "/rotate"};
    for (int step = 0; step < 400; ++step) {
        server.test.clock.advance(seconds(random() % 3));
        const auto& key = any(keys);
        const std::string target = "/stream-keys/" + key.id;
        switch (random() % 10) {
            case 0:
                keys.push_back(server.new_key(any(owners)));
                break;
            case 1:
                keys.push_back(server.new_key(any(owners),
                                              R"(,"expires_at":")" + server.in(seconds(20)) + '"'));
                break;
            case 2:
                server.call("PATCH", target, fmt::format(R"({{"label":"{}"}})", step));
                break;
            case 3:
                server.call("PATCH", target,
                            R"({"expires_at":")" + server.in(seconds(5)) + R"("})");
                break;
            case 4:
                if (random() % 3 == 0) server.call("DELETE", target);
                break;
            case 5:
                server.call("POST", target + any(changes),
                            random() % 2 == 0 ? R"({"overlap_seconds":9})" : "");
                break;
            case 6:
                server.publish(key.value);
                break;
            case 7:
                server.call("PATCH", "/broadcasters/" + key.owner,
                            fmt::format(R"({{"display_name":"Team {}"}})", step));
                break;
            case 8:
                server.call("POST", "/broadcasters/" + key.owner +
                                        (random() % 2 == 0 ? "/disable" : "/enable"));
                break;
            default:
                owners.push_back(server.new_broadcaster());
                if (random() % 6 == 0) {
                    server.call("DELETE", "/broadcasters/" + owners[0] + "?force=true");
                    owners.erase(owners.begin());
                }
        }
        server.list();
    }
    CHECK(server.list().find(R"("status":"expired")") != std::string::npos);
    CHECK(server.list().find(R"("status":"revoked")") != std::string::npos);
}

TEST_CASE("changes of keys that happen by time are in the list of keys") {
    KeyListApplication server;
    const auto owner = server.new_broadcaster();
    const auto key = server.new_key(owner, R"(,"expires_at":")" + server.in(seconds(100)) + '"');
    server.call("POST", "/stream-keys/" + key.id + "/rotate", R"({"overlap_seconds":50})");
    CHECK(server.list().find("previous_value_expires_at") != std::string::npos);
    const auto later = [&](seconds by) {
        server.test.clock.advance(by);
        return server.list();
    };
    CHECK(later(seconds(49)).find("previous_value_expires_at") != std::string::npos);
    CHECK(later(seconds(1)).find("previous_value_expires_at") == std::string::npos);
    CHECK(later(seconds(49)).find(R"("status":"active")") != std::string::npos);
    CHECK(later(seconds(1)).find(R"("status":"expired")") != std::string::npos);
    // A wrong clock is set back.
    CHECK(later(seconds(-50)).find(R"("status":"active")") != std::string::npos);
}

TEST_CASE("a kept list of keys can still be filtered and paged") {
    KeyListApplication server;
    const auto first = server.new_broadcaster();
    const auto second = server.new_broadcaster();
    for (const auto& owner : {first, second, first}) server.new_key(owner);
    const auto whole = server.call("GET", "/stream-keys");
    CHECK(whole.json["count"].GetInt() == 3);
    CHECK(whole.response.body == server.list());
    CHECK(whole.response.content_type ==
          server.TestApplication::call("GET", "/stream-keys").response.content_type);
    CHECK_FALSE(whole.header("ETag").empty());
    CHECK(server.call("GET", "/stream-keys?limit=2").json["count"].GetInt() == 2);
    CHECK(server.call("GET", "/stream-keys?broadcaster_id=" + first).json["count"].GetInt() == 2);
}

TEST_CASE("a list of keys that cannot be read is an error, and the next one is right") {
    KeyListApplication server;
    const auto owner = server.new_broadcaster();
    server.new_key(owner);
    server.list();
    server.new_key(owner);
    server.faults->fail_method("key_list_after");
    CHECK(server.call("GET", "/stream-keys").status() == 503);
    server.faults->clear();
    server.list();
    server.faults->fail_method("find_stream_key");
    server.new_key(owner);
    server.list();
}

TEST_CASE("a list of keys without requests is freed after a minute") {
    KeyListApplication server;
    server.new_key(server.new_broadcaster());
    KeyList list;
    auto& orchestrator = *server.test.orchestrator;
    REQUIRE(list.json(orchestrator));
    const auto now = std::chrono::steady_clock::now();
    CHECK(list.forget_unused(now + seconds(59)));
    CHECK_FALSE(list.forget_unused(now + seconds(61)));
    CHECK(*list.json(orchestrator).value() == server.list());
}

TEST_CASE("the body of the list of keys stays the same object until a key changes") {
    const Timestamp now = *parse_rfc3339("2026-01-17T10:00:00Z");
    const auto key_from = [&](int number) {
        KeyListChanges::Entry entry;
        entry.key.id = StreamKeyId(make_uuid(now, system_random()));
        entry.key.created_at = now + seconds(number);
        return entry;
    };
    KeyListText list;
    list.renew({key_from(1), key_from(2)}, now);
    const auto first = list.text();
    const std::string text = *first;
    list.renew({}, now);
    CHECK(list.text() == first);
    list.renew({key_from(3)}, now);
    CHECK(list.text() != first);
    CHECK(list.count() == 3);
    CHECK(*first == text);  // a slow caller may still be receiving it
}

TEST_CASE("answers with the list of keys share one body, and an equal list has an equal ETag") {
    KeyListApplication server;
    server.new_key(server.new_broadcaster());
    const Reply first = server.call("GET", "/stream-keys");
    REQUIRE(first.response.shared_body);
    CHECK(*first.response.shared_body == server.list());
    const Reply second = server.call("GET", "/stream-keys");
    CHECK(second.response.shared_body == first.response.shared_body);
    server.new_broadcaster();  // the list is computed again
    const Reply third = server.call("GET", "/stream-keys");
    CHECK(third.response.body == first.response.body);
    CHECK(third.header("ETag") == first.header("ETag"));
    server.new_key(server.new_broadcaster());
    CHECK(server.call("GET", "/stream-keys").header("ETag") != first.header("ETag"));
}
