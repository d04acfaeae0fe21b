// Tests that records are read from JSON as they were written.

#include <doctest/doctest.h>

#include "admin/http_admin.hpp"
#include "http_stub.hpp"
#include "rescuestream/json.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

/// A server that answers every request with a text that the test sets.
struct AnyAnswer {
    std::string body;
    HttpStub stub{[this](const auto&, auto& response) {
        response.set_content(body, "application/json; charset=utf-8");
    }};
    std::unique_ptr<AdminApi> owned = make_http_admin(server_at(stub.origin()));
    const AdminApi& admin = *owned;
};

}  // namespace

TEST_CASE("records are read from JSON as they were written") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    const auto stream = cli.core.live().at(0);
    const auto broadcaster = cli.core->list_broadcasters().value().items.at(0);
    const auto now = cli.core->now();
    AnyAnswer server;
    auto& [body, stub, owned, admin] = server;

    body = to_json(broadcaster);
    CHECK(admin.broadcasters().find_broadcaster(broadcaster.id).value() == broadcaster);
    body = to_json(key.key, now);
    CHECK(admin.keys().find_stream_key(key.key.id).value() == key.key);
    body = to_json(stream, cli.core->viewer_addresses(stream));
    const auto found = admin.streams().find_stream(stream.id).value();
    CHECK(found.stream == stream);
    CHECK(found.addresses.hls == cli.core->viewer_addresses(stream).hls);

    body = to_json(key, cli.core->encoder_addresses(key.key, key.value),
                   cli.core->viewer_addresses(key.key), now);
    NewStreamKey input;
    input.broadcaster_id = broadcaster.id;
    const auto created = admin.keys().create_stream_key(input).value();
    CHECK(created.created.key == key.key);
    CHECK(created.created.value.equals(key.value.reveal()));
    CHECK(created.encoder.srt == cli.core->encoder_addresses(key.key, key.value).srt);
    CHECK(created.encoder.legacy_rtmp ==
          cli.core->encoder_addresses(key.key, key.value).legacy_rtmp);

    const auto audit = cli.core->list_audit({}).value();
    body = R"({"audit_logs":[)" + to_json(audit.entries.at(0)) +
           R"(],"pagination":{"limit":50,"offset":0,"total":)" + std::to_string(audit.total) + "}}";
    const auto page = admin.audit().list_audit({}).value();
    CHECK(page.total == audit.total);
    CHECK(page.entries.at(0) == audit.entries.at(0));
}

TEST_CASE("a state of a node that this release does not know is refused as an unreadable answer") {
    TestCli cli;
    AnyAnswer server;
    auto& [body, stub, owned, admin] = server;
    body = to_json(cli.core->find_node("default").value());
    REQUIRE(admin.nodes().find_node("default"));
    const std::string known = "\"health\":\"unknown\"";
    REQUIRE(body.find(known) != std::string::npos);
    body.replace(body.find(known), known.size(), "\"health\":\"resting\"");
    CHECK(admin.nodes().find_node("default").error().code == ErrorCode::kInternal);
}

TEST_CASE("a key's rules, states and new value are read from JSON as they were written") {
    TestCli cli;
    const auto made = cli.core.key();
    const auto now = cli.core->now();
    AnyAnswer server;
    auto& [body, stub, owned, admin] = server;

    StreamKey key = made.key;
    key.policies.on_duplicate = OnDuplicate::kTakeover;
    key.policies.reconnect_window = std::chrono::seconds(0);
    key.policies.stale_after = std::chrono::seconds(60);
    key.policies.max_session_duration = std::chrono::hours(720);
    key.policies.allowed_addresses = {{AddressRange::parse("192.0.2.0/24").value()}};
    key.disabled = true;
    key.broadcaster_disabled = true;
    key.blocked_until = now + std::chrono::seconds(1);
    key.previous_value_expires_at = now + std::chrono::seconds(2);
    body = to_json(key, now);
    CHECK(admin.keys().find_stream_key(key.id).value() == key);

    const RotatedStreamKey rotated{key, made.value, {1, 2, {{"north", 1, 2, false}}}};
    const auto encoder = cli.core->encoder_addresses(key, made.value);
    body = to_json(rotated, encoder, cli.core->viewer_addresses(key), now);
    const auto read = admin.keys().rotate_stream_key(key.id, std::chrono::seconds(90)).value();
    CHECK(stub.requests().back().path == "/stream-keys/" + key.id.to_string() + "/rotate");
    CHECK(stub.requests().back().body == R"({"overlap_seconds":90})");
    CHECK(read.rotated.key == key);
    CHECK(read.rotated.value.equals(made.value.reveal()));
    CHECK(read.rotated.cutoff.kicked == 1);
    CHECK(read.rotated.cutoff.pending == 2);
    CHECK(read.encoder.rtmp == encoder.rtmp);

    StreamKeyPatch patch;
    patch.label = "";
    patch.policies.stale_after = std::chrono::seconds(5);
    patch.reset = {"expires_at", "on_duplicate"};
    body = to_json(key, now);
    CHECK(admin.keys().update_stream_key(key.id, patch).value() == key);
    CHECK(stub.requests().back().method == "PATCH");
    CHECK(stub.requests().back().body ==
          R"({"label":"","stale_after":5,"reset":["expires_at","on_duplicate"]})");
}

TEST_CASE("figures, totals and timelines are read from JSON as they were written") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    auto stream = cli.core->list_streams({}).value().items.at(0);
    const auto addresses = cli.core->viewer_addresses(stream);
    const auto now = cli.core->now();
    AnyAnswer server;
    auto& [body, stub, owned, admin] = server;

    StreamFigures figures;
    figures.measured_at = now;
    figures.inbound_bytes = 18'000'000'000'000'000'000U;
    figures.bitrate = 2'500'000;
    figures.peak_bitrate = 3'000'000;
    figures.tracks = {"H264", "MPEG-4 Audio"};
    figures.readers = {{"hls", 3}, {"webrtc", 1}};
    figures.peak_readers = 7;
    figures.remote_address = "192.0.2.7";
    figures.protocol = Protocol::kRtmp;
    figures.frames_in_error = 0;
    stream.state = StreamState::kUnknown;
    stream.last_seen_at = now;
    stream.interruptions = 2;
    stream.interrupted_for = std::chrono::milliseconds(7'501);
    stream.totals = StreamTotals{1, 2, 3};
    stream.key_label = "Drone \u00E9";
    stream.bitrate = 2'500'000;
    stream.viewers = 4;
    body = to_json(stream, addresses, figures);
    const auto found = admin.streams().find_stream(stream.id).value();
    CHECK(found.stream == stream);
    REQUIRE(found.figures);
    CHECK(to_json(found.stream, found.addresses, *found.figures) == body);

    StreamTransition resumed{
        now, TransitionKind::kResumed,        ObservedBy::kReconciler, 2, ConnectionId{"c2"},
        "",  std::chrono::milliseconds(7'501)};
    StreamTransition ended{
        now, TransitionKind::kEnded, ObservedBy::kAdmin, 2, std::nullopt, "stopped", std::nullopt};
    body = "{\"timeline\":[" + to_json(resumed) + "," + to_json(ended) + "],\"count\":2}";
    const auto timeline = admin.streams().stream_timeline(stream.id).value();
    CHECK(stub.requests().back().path == "/streams/" + stream.id.to_string() + "/timeline");
    CHECK(timeline == std::vector{resumed, ended});
}

TEST_CASE("an answer that breaks the API's contract is an error and no crash") {
    for (const char* body :
         {"", "null", "[]", "{}", R"({"broadcasters":{}})", R"({"broadcasters":[1]})",
          R"({"broadcasters":[{}]})", R"({"broadcasters":[{"id":"x"}]})", "{\"broadcasters\":[",
          R"({"broadcasters":[],"next_cursor":"***"})",
          R"({"broadcasters":[{"id":"00000000-0000-7000-8000-000000000000","display_name":1}]})"}) {
        CAPTURE(body);
        HttpStub stub(
            [&](const auto&, auto& response) { response.set_content(body, "application/json"); });
        const auto result =
            make_http_admin(server_at(stub.origin()))->broadcasters().list_broadcasters({});
        REQUIRE_FALSE(result);
        CHECK(result.error().code == ErrorCode::kInternal);
    }
}

TEST_CASE("malformed figures and timelines are errors and no crashes") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    const auto stream = cli.core->list_streams({}).value().items.at(0);
    AnyAnswer server;
    auto& [body, stub, owned, admin] = server;
    const auto good = to_json(stream, cli.core->viewer_addresses(stream), StreamFigures{});
    body = good;
    REQUIRE(admin.streams().find_stream(stream.id));
    struct Fault {
        std::string part, instead;
    };
    for (const auto& [part, instead] :
         {Fault{"\"tracks\":[]", "\"tracks\":[1]"}, Fault{"\"tracks\":[]", "\"tracks\":{}"},
          Fault{"\"readers\":{}", "\"readers\":[]"},
          Fault{"\"readers\":{}", "\"readers\":{\"hls\":-1}"},
          Fault{"\"bitrate\":0", "\"bitrate\":-1"}, Fault{"\"bitrate\":0", "\"bitrate\":\"0\""},
          Fault{"\"figures\":{", "\"figures\":[], \"x\":{"}}) {
        CAPTURE(instead);
        body = good;
        REQUIRE(contains(body, part));
        body.replace(body.find(part), part.size(), instead);
        CHECK(admin.streams().find_stream(stream.id).error().code == ErrorCode::kInternal);
    }
    for (const char* timeline :
         {"{}", R"({"timeline":{}})", R"({"timeline":[{}]})",
          R"({"timeline":[{"at":"2026-01-17T10:00:00Z","transition":"flew","source":"hook",)"
          R"("generation":1}]})"}) {
        CAPTURE(timeline);
        body = timeline;
        CHECK(admin.streams().stream_timeline(stream.id).error().code == ErrorCode::kInternal);
    }
}
