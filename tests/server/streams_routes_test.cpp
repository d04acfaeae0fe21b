#include <doctest/doctest.h>

#include <set>
#include <string>

#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

TEST_CASE("live streams are listed newest first, with the viewers' addresses") {
    Settings settings;
    settings.orchestrator.addresses =
        derive_public_addresses("https://video.example.org:8889").value();
    TestApplication server(settings);
    const auto first = server.test.key("live/a");
    const auto second = server.test.key("live/b");
    REQUIRE(server.test.publish(first, "c1"));
    server.test.clock.advance(std::chrono::seconds(1));
    REQUIRE(server.test.publish(second, "c2"));
    const Reply list = server.call("GET", "/streams");
    CHECK(list.json["count"].GetInt() == 2);
    const auto& newest = list.json["streams"][0];
    CHECK(std::string(newest["path"].GetString()) == "live/b");
    CHECK(std::string(newest["status"].GetString()) == "active");
    CHECK(std::string(newest["source_id"].GetString()) == "c2");
    CHECK(std::string(newest["urls"]["hls"].GetString()) ==
          "https://video.example.org:8888/live/b/index.m3u8");
    CHECK(std::string(newest["urls"]["webrtc"].GetString()) ==
          "https://video.example.org:8889/live/b/whep");
    const std::string id = newest["id"].GetString();
    CHECK(server.call("GET", "/streams/" + id).text("path") == "live/b");
    CHECK(server.call("GET", "/streams?stream_key_id=" + first.key.id.to_string())
              .json["count"]
              .GetInt() == 1);
    CHECK(server.call("GET", "/streams?broadcaster_id=" + second.key.broadcaster_id.to_string())
              .json["count"]
              .GetInt() == 1);
}

TEST_CASE("streams can be listed by state") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    const auto count = [&](const std::string& query) {
        return server.call("GET", "/streams" + query).json["count"].GetInt();
    };
    CHECK(count("") == 1);
    CHECK(count("?state=all") == 1);
    CHECK(count("?state=ended") == 0);
    server.test.media->disconnect({"c1"});
    REQUIRE(server.media("/webhook/not-ready", R"({"path":"live/a","source_id":"c1"})").status() ==
            204);
    CHECK(count("") == 0);
    CHECK(count("?state=all") == 1);
    const Reply bad = server.call(
        "GET", "/streams?state=gone&stream_key_id=1&broadcaster_id=2&from=now&to=2026-01-17");
    CHECK(bad.wrong_members() == "/state /stream_key_id /broadcaster_id /from /to");
    CHECK(server.call("GET", "/streams?state=unknown").wrong_members() == "/state");
}

TEST_CASE("streams can be listed by node and by the time of their start") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    server.test.clock.advance(std::chrono::seconds(10));
    REQUIRE(server.test.publish(key, "c1"));
    const auto count = [&](const std::string& query) {
        return server.call("GET", "/streams?" + query).json["count"].GetInt();
    };
    CHECK(count("node=default") == 1);
    CHECK(count("node=other") == 0);
    CHECK(count("from=2026-01-17T10:00:10Z") == 1);
    CHECK(count("from=2026-01-17T12:00:10.000001%2B02:00") == 0);
    CHECK(count("to=2026-01-17T10:00:10Z") == 0);
    CHECK(count("state=all&from=2026-01-17T10:00:10Z&to=2026-01-17T10:00:11Z") == 1);
}

TEST_CASE("a stream that its media server does not show any more stays listed, as unknown") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    server.test->tick();
    server.test.media->set_down(true);
    server.test.clock.advance(std::chrono::seconds(2));
    server.test->tick();
    const Reply list = server.call("GET", "/streams");
    REQUIRE(list.json["count"].GetInt() == 1);
    const auto& stream = list.json["streams"][0];
    CHECK(std::string(stream["state"].GetString()) == "unknown");
    CHECK(std::string(stream["status"].GetString()) == "active");
    CHECK(stream.HasMember("last_seen_at"));
}

TEST_CASE("a single stream is shown with its figures") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    const std::string target = "/streams/" + server.test.live().at(0).id.to_string();
    CHECK_FALSE(server.call("GET", target).json.HasMember("figures"));
    server.test.media->add_reader("live/a", "hlsSession", {"r1"});
    for (int i = 0; i < 3; ++i) {
        server.test.media->receive_bytes("live/a", 250'000);
        server.test.clock.advance(std::chrono::seconds(2));
        server.test->tick();
    }
    const Reply shown = server.call("GET", target);
    REQUIRE(shown.json.HasMember("figures"));
    const auto& figures = shown.json["figures"];
    CHECK(figures["inbound_bytes"].GetUint64() == 750'000);
    // The steady clock of a test also runs by itself, so the rate is slightly below what was sent.
    CHECK(figures["bitrate"].GetUint64() <= 1'000'000);
    CHECK(figures["bitrate"].GetUint64() > 900'000);
    CHECK(figures["readers"]["hls"].GetUint() == 1);
    CHECK(std::string(figures["measured_at"].GetString()) == "2026-01-17T10:00:06.000000Z");
    CHECK_FALSE(server.call("GET", "/streams").json["streams"][0].HasMember("figures"));

    REQUIRE(server.call("POST", target + "/stop").status() == 200);
    const Reply ended = server.call("GET", target);
    CHECK_FALSE(ended.json.HasMember("figures"));
    CHECK(ended.json["totals"]["inbound_bytes"].GetUint64() == 750'000);
}

TEST_CASE("streams are listed with label, owner, bitrate and viewers") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    StreamKeyPatch patch;
    patch.label = "Drone 1";
    server.test->update_stream_key(key.key.id, patch, server.test.caller).value();
    REQUIRE(server.test.publish(key, "c1"));
    {
        const Reply list = server.call("GET", "/streams");
        const auto& stream = list.json["streams"][0];
        CHECK(std::string(stream["key_label"].GetString()) == "Drone 1");
        CHECK(std::string(stream["broadcaster_name"].GetString()) == "Rescue 1");
        CHECK_FALSE(stream.HasMember("bitrate"));
        CHECK_FALSE(stream.HasMember("viewers"));
        const auto& urls = stream["urls"];
        CHECK(std::string(urls["page"].GetString()) == "http://localhost:8889/live/a/");
        CHECK(std::string(urls["rtmp"].GetString()) == "rtmp://localhost:1935/live/a");
        CHECK(std::string(urls["srt"].GetString()) == "srt://localhost:8890?streamid=read:live/a");
    }
    server.test.media->add_reader("live/a", "hlsSession", {"r1"});
    for (int i = 0; i < 3; ++i) {
        server.test.media->receive_bytes("live/a", 250'000);
        server.test.clock.advance(std::chrono::seconds(2));
        server.test->tick();
    }
    const Reply list = server.call("GET", "/streams");
    const auto& stream = list.json["streams"][0];
    CHECK(stream["bitrate"].GetUint64() > 900'000);
    CHECK(stream["viewers"].GetUint() == 1);
}

TEST_CASE("streams and keys can be filtered by label and by a broadcaster's id or name") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    StreamKeyPatch patch;
    patch.label = "Drone 1";
    server.test->update_stream_key(key.key.id, patch, server.test.caller).value();
    REQUIRE(server.test.publish(key, "c1"));
    const auto owner = key.key.broadcaster_id.to_string();
    for (const std::string list : {"/streams", "/stream-keys"}) {
        const auto count = [&](const std::string& query) {
            const Reply reply = server.call("GET", list + query);
            REQUIRE(reply.status() == 200);
            return reply.json["count"].GetInt();
        };
        CAPTURE(list);
        CHECK(count("?label=Drone%201") == 1);
        CHECK(count("?label=Drone") == 0);
        CHECK(count("?broadcaster=Rescue%201") == 1);
        CHECK(count("?broadcaster=" + owner) == 1);
        CHECK(count("?broadcaster=Nobody") == 0);
        CHECK(server.call("GET", list + "?label=").wrong_members() == "/label");
        CHECK(server.call("GET", list + "?broadcaster=x&broadcaster_id=" + owner).wrong_members() ==
              "/broadcaster");
    }
}

TEST_CASE("keys can be filtered by status and by whether they are disabled") {
    TestApplication server;
    const auto active = server.test.key("live/a");
    const auto disabled = server.test.key("live/b");
    const auto revoked = server.test.key("live/c");
    server.test->disable_stream_key(disabled.key.id, server.test.caller).value();
    server.test->revoke_stream_key(revoked.key.id, server.test.caller).value();
    const auto paths = [&](const std::string& query) {
        const Reply reply = server.call("GET", "/stream-keys?" + query);
        std::set<std::string> found;  // keys of one moment have no order
        for (const auto& key : reply.json["stream_keys"].GetArray()) {
            found.insert(key["playback_path"].GetString());
        }
        return found;
    };
    using Paths = std::set<std::string>;
    CHECK(paths("status=active") == Paths{"live/a", "live/b"});
    CHECK(paths("status=active&disabled=false") == Paths{"live/a"});
    CHECK(paths("disabled=true") == Paths{"live/b"});
    CHECK(paths("status=revoked") == Paths{"live/c"});
    CHECK(paths("status=expired").empty());
    CHECK(server.call("GET", "/stream-keys?status=gone&disabled=perhaps").wrong_members() ==
          "/status /disabled");
}

TEST_CASE("a single key is shown with its addresses and without its value") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const Reply shown = server.call("GET", "/stream-keys/" + key.key.id.to_string());
    CHECK(std::string(shown.json["publish"]["rtmp"].GetString()) ==
          "rtmp://localhost:1935/live/a?pass=KEY_VALUE");
    CHECK(std::string(shown.json["playback"]["page"].GetString()) ==
          "http://localhost:8889/live/a/");
    CHECK(shown.response.body.find("sk_") == std::string::npos);
}

TEST_CASE("the timeline of a stream is read page by page") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    const std::string id = server.test.live().at(0).id.to_string();
    server.test.media->disconnect({"c1"});
    REQUIRE(server.media("/webhook/not-ready", R"({"path":"live/a","source_id":"c1"})").status() ==
            204);
    const std::string path = "/streams/" + id + "/timeline";
    const Reply whole = server.call("GET", path);
    const int count = whole.json["count"].GetInt();
    REQUIRE(count > 1);
    CHECK_FALSE(whole.json.HasMember("next_cursor"));
    std::string cursor;
    for (int i = 0; i < count; ++i) {
        const Reply one = server.call("GET", path + "?limit=1" + cursor);
        REQUIRE(one.json["count"].GetInt() == 1);
        CHECK(one.json["timeline"][0] == whole.json["timeline"][i]);
        CHECK(one.json.HasMember("next_cursor") == (i + 1 < count));
        cursor = "&cursor=" + one.text("next_cursor");
    }
    CHECK(server.call("GET", path + "?limit=1001").wrong_members() == "/limit");
    CHECK(server.call("GET", path + "?cursor=7").wrong_members() == "/cursor");
    const std::string of_another_list =
        Cursor{Timestamp(std::chrono::seconds(1)), StreamId::parse(id)->uuid()}.encode();
    CHECK(server.call("GET", path + "?cursor=" + of_another_list).wrong_members() == "/cursor");
}

TEST_CASE("the timeline of a stream lists its events in order") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    const auto id = server.test.live().at(0).id.to_string();
    server.test.clock.advance(std::chrono::seconds(5));
    REQUIRE(server.call("POST", "/streams/" + id + "/stop").status() == 200);
    const Reply timeline = server.call("GET", "/streams/" + id + "/timeline");
    REQUIRE(timeline.status() == 200);
    REQUIRE(timeline.json["count"].GetInt() == 3);
    std::string words;
    for (const auto& line : timeline.json["timeline"].GetArray()) {
        words += std::string(line["transition"].GetString()) + " ";
    }
    CHECK(words == "accepted started ended ");
    const auto& last = timeline.json["timeline"][2];
    CHECK(std::string(last["reason"].GetString()) == "stopped");
    CHECK(std::string(last["at"].GetString()) == "2026-01-17T10:00:05.000000Z");
}

TEST_CASE("stopping a stream leaves its key valid") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    const std::string id = server.test.live().at(0).id.to_string();
    const Reply stopped = server.call("POST", "/streams/" + id + "/stop");
    CHECK(stopped.status() == 200);
    CHECK(std::string(stopped.json["stream"]["end_reason"].GetString()) == "stopped");
    CHECK(stopped.json["cutoff"]["kicked"].GetInt() == 1);
    CHECK(server.call("GET", "/streams/" + id).text("status") == "ended");
    CHECK(server.test.publish(key, "c2"));
}

TEST_CASE("a stop can block the stream's key for the requested time") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    const std::string target = "/streams/" + server.test.live().at(0).id.to_string() + "/stop";
    for (const char* body : {R"({"block_seconds":-1})", R"({"block_seconds":86401})",
                             R"({"block_seconds":"60"})", R"({"block_seconds":0.5})"}) {
        CAPTURE(body);
        CHECK(server.call("POST", target, body).wrong_members() == "/block_seconds");
    }
    CHECK(server.test.live().size() == 1);
    REQUIRE(server.call("POST", target, R"({"block_seconds":60})").status() == 200);
    CHECK_FALSE(server.test.ask(key, "c2").accepted());
    CHECK(server.call("GET", "/stream-keys/" + key.key.id.to_string()).text("blocked_until") ==
          "2026-01-17T10:01:00.000000Z");
    server.test.clock.advance(std::chrono::seconds(60));
    CHECK(server.test.ask(key, "c3").accepted());
}

}  // namespace
}  // namespace rescuestream::server::testing
