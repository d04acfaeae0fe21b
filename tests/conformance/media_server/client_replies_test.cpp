// How the MediaMTX client understands the answers that it may get.
#include "conformance/media_server/client_case.hpp"
#include "media/mediamtx/reply.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

constexpr const char* kKey = "sk_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE";

std::string html_page() {
    return "<!DOCTYPE html><html><body>Welcome to nginx! " + std::string(kKey) + "</body></html>";
}

bool shows(const Error& error, const std::string& secret) {
    return error.message.find(secret) != std::string::npos ||
           error.detail.find(secret) != std::string::npos;
}

}  // namespace

TEST_SUITE_BEGIN("stub");

TEST_CASE_FIXTURE(ClientCase, "old, present and future names of members have the same meaning") {
    MtxVocabulary vocabulary{};
    SUBCASE("v1.15") {
        vocabulary = MtxVocabulary::kV1_15;
    }
    SUBCASE("present") {
        vocabulary = MtxVocabulary::kCurrent;
    }
    SUBCASE("without the deprecated ones") {
        vocabulary = MtxVocabulary::kWithoutDeprecated;
    }
    stub().set_vocabulary(vocabulary);
    REQUIRE(client().info());  // the version decides whether RTSP ids can be trusted
    for (const auto kind : kAllKinds) {
        const std::string name = "live/" + std::to_string(static_cast<int>(kind));
        model().connect(kind, id(static_cast<int>(kind)), "192.0.2.1:4000");
        model().publish(kind, id(static_cast<int>(kind)), name);
        model().receive_bytes(name, 1'234);
    }
    const auto paths = client().list_paths().value();
    for (const auto& path : paths) {
        CAPTURE(path.name);
        auto expected = model().find_path(path.name).value();
        // Its names of codecs are only in the deprecated list.
        if (vocabulary == MtxVocabulary::kWithoutDeprecated) expected.tracks.clear();
        // Errors are counted only by releases with the new names.
        if (vocabulary != MtxVocabulary::kV1_15) expected.inbound_frames_in_error = 0;
        CHECK(path == expected);
        CHECK(path.inbound_bytes == 1'234);
    }
    for (const auto kind : kAllKinds) {
        CHECK(client().list_connections(kind).value() == model().list_connections(kind).value());
    }
}

TEST_CASE_FIXTURE(ClientCase, "a WebRTC session that is not established is not a publisher yet") {
    model().connect(ConnectionKind::kWebRtc, id(1), "192.0.2.1:4000");
    CHECK(client().list_connections(ConnectionKind::kWebRtc).value().at(0).state ==
          ConnectionState::kIdle);
    model().publish(ConnectionKind::kWebRtc, id(1), "live/a");
    CHECK(client().list_connections(ConnectionKind::kWebRtc).value().at(0).state ==
          ConnectionState::kPublishing);
}

TEST_CASE_FIXTURE(ClientCase, "a protocol that is switched off has no connections") {
    model().connect(ConnectionKind::kSrt, id(1), "192.0.2.1:4000");
    stub().switch_off(ConnectionKind::kSrt);
    CHECK(client().list_connections(ConnectionKind::kSrt).value().empty());
    CHECK(code_of(client().kick(ConnectionKind::kSrt, id(1))) == ErrorCode::kUnsupported);
}

TEST_CASE_FIXTURE(ClientCase, "the credential is sent, and the error for a wrong one says so") {
    stub().require_credential("rescuestream", "a-p%41ssword:with/signs");
    CHECK(code_of(client().info()) == ErrorCode::kUnauthorized);
    CHECK(code_of(client().list_paths()) == ErrorCode::kUnauthorized);
    CHECK(code_of(client().kick(ConnectionKind::kRtsp, id(1))) == ErrorCode::kUnauthorized);
    MediaMtxOptions options;
    options.user = "rescuestream";
    options.password = Secret("a-p%41ssword:with/signs");
    open(options);
    CHECK(code_of(client().info()) == std::nullopt);
    CHECK(client().description().find("a-p") == std::string::npos);
}

TEST_CASE_FIXTURE(ClientCase, "the answer of a server other than MediaMTX is an error") {
    MtxAnswer answer;
    SUBCASE("an HTML page with 200") {
        answer = {200, "text/html", html_page()};
    }
    SUBCASE("an HTML page with 404") {
        answer = {404, "text/html", html_page()};
    }
    SUBCASE("an HTML page with 500") {
        answer = {500, "text/html", html_page()};
    }
    SUBCASE("an HTML page with 400") {
        answer = {400, "text/html", html_page()};
    }
    SUBCASE("an empty body") {
        answer = {200, "application/json", ""};
    }
    SUBCASE("an empty body with 204") {
        answer = {204, "application/json", ""};
    }
    SUBCASE("JSON of another kind") {
        answer.body = R"({"hello":"world"})";
    }
    SUBCASE("an array") {
        answer.body = "[]";
    }
    SUBCASE("null") {
        answer.body = "null";
    }
    SUBCASE("half a JSON text") {
        answer.body = R"({"itemCount":1,"pageCount":1,"items":[{"na)";
    }
    SUBCASE("two JSON texts") {
        answer.body = R"({"items":[]}{"items":[]})";
    }
    SUBCASE("deeply nested JSON") {
        answer.body = std::string(100'000, '[');
    }
    SUBCASE("deep nesting in an unknown member") {
        answer.body = R"({"itemCount":0,"pageCount":0,"items":[],"version":"v1","name":"a","x":)" +
                      std::string(50'000, '[') + std::string(50'000, ']') + "}";
    }
    SUBCASE("bytes that are no UTF-8") {
        answer.body = "{\"items\":[],\"version\":\"\xFF\"}";
    }
    SUBCASE("a redirection") {
        answer = {302, "text/html", html_page()};
    }
    stub().answer_all_with(answer);
    CHECK(code_of(client().info()) == ErrorCode::kInternal);
    CHECK(code_of(client().list_paths()) == ErrorCode::kInternal);
    CHECK(code_of(client().find_path(kKey)) == ErrorCode::kInternal);
    CHECK(code_of(client().list_connections(ConnectionKind::kSrt)) == ErrorCode::kInternal);
    CHECK(code_of(client().list_path_configs()) == ErrorCode::kInternal);
    CHECK_FALSE(shows(client().find_path(kKey).error(), kKey));
    CHECK_FALSE(shows(client().list_paths().error(), kKey));
    stub().answer_all_with(std::nullopt);
    CHECK(code_of(client().info()) == std::nullopt);
}

TEST_CASE_FIXTURE(ClientCase, "a member that is missing or has a wrong type or value is an error") {
    const char* item = nullptr;
    SUBCASE("name") {
        item = R"({"name":7})";
    }
    SUBCASE("no name") {
        item = R"({"ready":true})";
    }
    SUBCASE("ready") {
        item = R"({"name":"a","ready":"yes"})";
    }
    SUBCASE("source") {
        item = R"({"name":"a","source":"rtmpConn"})";
    }
    SUBCASE("source id") {
        item = R"({"name":"a","source":{"type":"rtmpConn","id":7}})";
    }
    SUBCASE("readers") {
        item = R"({"name":"a","readers":{}})";
    }
    SUBCASE("a reader") {
        item = R"({"name":"a","readers":[7]})";
    }
    SUBCASE("a negative byte count") {
        item = R"({"name":"a","inboundBytes":-1})";
    }
    SUBCASE("a byte count that is text") {
        item = R"({"name":"a","inboundBytes":"many"})";
    }
    SUBCASE("a byte count beyond the range") {
        item = R"({"name":"a","inboundBytes":1e30})";
    }
    SUBCASE("no object") {
        item = "7";
    }
    const std::string list = std::string(R"({"itemCount":1,"pageCount":1,"items":[)") + item + "]}";
    CHECK(code_of(mediamtx::read_path(item)) == ErrorCode::kInternal);
    CHECK(code_of(mediamtx::read_path_list(list)) == ErrorCode::kInternal);
    stub().answer_all_with(MtxAnswer{.body = list});
    CHECK(code_of(client().list_paths()) == ErrorCode::kInternal);
}

TEST_CASE("unknown members are ignored, missing and null ones get their defaults") {
    const auto path = mediamtx::read_path(
        R"({"name":"a","source":null,"readyTime":null,"tracks":null,"readers":null,"new":[{}]})");
    MediaPath expected;
    expected.name = "a";
    CHECK(path.value() == expected);
    const auto list =
        mediamtx::read_connection_list(R"({"items":[{"id":"x"}],"more":1})", ConnectionKind::kSrt);
    MediaConnection connection;
    connection.id = {"x"};
    connection.kind = ConnectionKind::kSrt;
    CHECK(list.value().items.at(0) == connection);
}

TEST_CASE_FIXTURE(ClientCase, "an error's text shows no key and no address with a credential") {
    stub().answer_all_with(
        MtxAnswer{400, "application/json",
                  R"({"status":"error","error":"bad path ')" + std::string(kKey) + "'\"}"});
    auto error = client().find_path(kKey).error();
    CHECK(error.code == ErrorCode::kInvalidArgument);
    CHECK_FALSE(shows(error, kKey));
    CHECK(shows(error, "bad path"));

    stub().answer_all_with(
        MtxAnswer{400, "application/json",
                  R"({"error":"invalid source: 'rtsp://relay:a-token@127.0.0.1:8554/x'"})"});
    error = client().add_path_config("live/a", {}).error();
    CHECK(error.code == ErrorCode::kInvalidArgument);
    CHECK_FALSE(shows(error, "a-token"));
}

TEST_CASE_FIXTURE(ClientCase, "a path entry is written as an on-demand pull over TCP") {
    MediaPathConfig config;
    config.source = "rtsp://relay:t@127.0.0.1:8554/x";
    config.source_on_demand_start_timeout = seconds(3);
    client().add_path_config("live/r", config).value();
    CHECK(stub().requests().back() == "POST /v3/config/paths/add/live/r");
    CHECK(stub().bodies().back() ==
          R"({"source":"rtsp://relay:t@127.0.0.1:8554/x","sourceOnDemand":true,)"
          R"("rtspTransport":"tcp","sourceOnDemandStartTimeout":"3s",)"
          R"("sourceOnDemandCloseAfter":"10s"})");
}

TEST_CASE("an address of the control interface is checked before it is used") {
    MediaMtxOptions options;
    for (const std::string url :
         {"", "localhost:9997", "ftp://localhost", "http://", "http://h:0", "http://h:99999",
          "http://u:p@h:1", "http://h:1/v3", "http://h:1?x=1"}) {
        CAPTURE(url);
        options.api_url = url;
        const auto client = open_media_mtx(options);
        CHECK(code_of(client) == ErrorCode::kInvalidArgument);
    }
    options.api_url = "http://127.0.0.1:9997/";
    CHECK(open_media_mtx(options).value()->description() == "MediaMTX at http://127.0.0.1:9997");
}

TEST_SUITE_END();
