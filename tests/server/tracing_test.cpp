#include <doctest/doctest.h>

#include "logging.hpp"
#include "support/recording_tracer.hpp"
#include "test_server.hpp"

using namespace rescuestream;
using namespace rescuestream::server;
using namespace rescuestream::server::testing;
using rescuestream::testing::attribute;
using rescuestream::testing::RecordingTracer;

namespace {

const std::string kCaller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

// The API with a tracer that keeps all spans.
class TracedApi {
public:
    TracedApi()
        : settings_(with_secret()),
          application_(make_api({*test.orchestrator, settings_, logger, nullptr, nullptr, &tracer},
                                {&observer_})) {}

    HttpResponse send(HttpRequest request) const { return application_.handle(std::move(request)); }
    HttpResponse get(const std::string& target, Headers headers = {}) const {
        HttpRequest request = TestApplication::make_request("GET", target);
        request.headers = std::move(headers);
        request.headers.emplace_back("host", "localhost");
        request.headers.emplace_back("x-api-key", kSecret);
        return send(std::move(request));
    }
    HttpResponse auth(const std::string& body) const {
        HttpRequest request = TestApplication::make_request("POST", "/auth", body);
        request.headers.emplace_back("host", "localhost");
        return send(std::move(request));
    }
    const Application& application() const { return application_; }

    RecordingLogger logger;
    RecordingTracer tracer;
    TestOrchestrator test{TestOrchestrator::default_settings(), &tracer};

private:
    static Settings with_secret() {
        Settings settings;
        settings.api_secret = Secret(kSecret);
        allow_test_address(settings);
        return settings;
    }

    const Settings settings_;
    RecordingObserver observer_;
    const Application application_;
};

SpanRecord only_span(const TracedApi& api, std::string_view name) {
    const auto found = api.tracer.spans_named(name);
    REQUIRE(found.size() == 1);
    return found.front();
}

}  // namespace

TEST_CASE("a request is a span of the server that has the name of its route, without ids") {
    TracedApi api;
    const std::string id = "0190f3a4-0000-7000-8000-000000000001";
    CHECK(api.get("/streams/" + id).status == 404);
    const SpanRecord span = only_span(api, "GET /streams/{id}");
    CHECK(span.kind == SpanKind::kServer);
    CHECK(span.parent == SpanId{});
    CHECK(attribute(span, "http.request.method") == "GET");
    CHECK(attribute(span, "http.route") == "/streams/{id}");
    CHECK(attribute(span, "url.path") == "/streams/" + id);
    CHECK(attribute(span, "url.scheme") == "http");
    CHECK(attribute(span, "http.response.status_code") == "404");
    CHECK(attribute(span, "client.address") == "192.0.2.1");
    CHECK_FALSE(attribute(span, "rescuestream.request_id").empty());
    CHECK_FALSE(span.failed);
    CHECK(api.tracer.spans_named("storage find_stream").at(0).parent == span.context.span_id);
}

TEST_CASE("a publish request is a tree of request, decision and storage step") {
    TracedApi api;
    const auto key = api.test.key();
    const auto response = api.auth(R"({"action":"publish","path":"live/drone1","protocol":"rtmp",)"
                                   R"("id":"c1","ip":"192.0.2.7","password":")" +
                                   key.value.reveal() + "\"}");
    CHECK(response.status == 200);
    const SpanRecord request = only_span(api, "POST /auth");
    const SpanRecord decision = only_span(api, "decide publish");
    CHECK(attribute(request, "rescuestream.decision") == "accepted");
    CHECK(decision.parent == request.context.span_id);
    CHECK(only_span(api, "storage claim_all").parent == decision.context.span_id);
    for (const auto& span : api.tracer.spans()) {
        CHECK(span.context.trace_id == request.context.trace_id);
        for (const auto& each : span.attributes) {
            CHECK(attribute(span, each.name).find(key.value.reveal()) == std::string::npos);
        }
    }
}

TEST_CASE("the spans of a request continue the trace of its caller") {
    TracedApi api;
    api.get("/nodes", {{"traceparent", kCaller}, {"tracestate", "a=1"}, {"tracestate", "b=2"}});
    const SpanRecord span = only_span(api, "GET /nodes");
    CHECK(to_string(span.context.trace_id) == "4bf92f3577b34da6a3ce929d0e0e4736");
    CHECK(to_string(span.parent) == "00f067aa0ba902b7");
    CHECK(span.parent_is_remote);
    CHECK(span.context.trace_state == "a=1,b=2");
}

TEST_CASE("a request of a caller that does not record its trace is not recorded") {
    TracedApi api;
    api.get("/nodes", {{"traceparent", kCaller.substr(0, 53) + "00"}});
    CHECK(api.tracer.spans().empty());
}

TEST_CASE("a broken or ambiguous traceparent begins a new trace and is never repeated") {
    TracedApi api;
    Headers headers;
    SUBCASE("broken") {
        headers = {{"traceparent", "00-EVIL\r\nlog-line-of-mine-01"}};
    }
    SUBCASE("of zeros") {
        headers = {{"traceparent", "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01"}};
    }
    SUBCASE("twice") {
        headers = {{"traceparent", kCaller}, {"traceparent", kCaller}};
    }
    const auto response = api.get("/nothing", headers);
    CHECK(response.status == 404);
    const SpanRecord span = only_span(api, "GET");
    CHECK(span.parent == SpanId{});
    CHECK(span.context.trace_state.empty());
    for (const auto& [name, value] : response.headers) {
        CHECK(value.find("EVIL") == std::string::npos);
        CHECK(name != "traceparent");
    }
    CHECK(response.body.find("EVIL") == std::string::npos);
    CHECK(api.logger.text().find("EVIL") == std::string::npos);
}

TEST_CASE("callers cannot create names of spans") {
    TracedApi api;
    api.send(TestApplication::make_request("BREW", "/coffee"));
    api.get("/no/such/route");
    const SpanRecord odd = only_span(api, "HTTP");
    CHECK(attribute(odd, "http.request.method") == "_OTHER");
    CHECK(attribute(odd, "http.route").empty());
    CHECK(only_span(api, "GET").attributes.size() > 1);
}

TEST_CASE("a key value in the path is masked in the span") {
    TracedApi api;
    const std::string value = "sk_" + std::string(43, 'A');
    api.get("/streams/" + value);
    const SpanRecord span = only_span(api, "GET /streams/{id}");
    CHECK(attribute(span, "url.path").find(value) == std::string::npos);
    CHECK(attribute(span, "url.path").starts_with("/streams/"));
}

TEST_CASE("a refusal of input that is not a request is a span") {
    TracedApi api;
    const auto response = api.application().refuse(HttpRequest{}, 400, "The head is malformed.");
    CHECK(response.status == 400);
    CHECK(attribute(only_span(api, "HTTP"), "http.response.status_code") == "400");
}

TEST_CASE("a log line carries the ids of its request and of its span in both formats") {
    const Timestamp time{};
    const LogContext context{"r-1", "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"};
    const auto json =
        format_log_line(LogFormat::kJson, time, LogLevel::kInfo, "it happened", {}, context);
    CHECK(json.ends_with(R"("request_id":"r-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",)"
                         R"("span_id":"00f067aa0ba902b7"})"));
    const auto text =
        format_log_line(LogFormat::kText, time, LogLevel::kInfo, "it happened", {}, context);
    CHECK(
        text.ends_with("it happened request_id=r-1 trace_id=4bf92f3577b34da6a3ce929d0e0e4736 "
                       "span_id=00f067aa0ba902b7"));
}

TEST_CASE("a log line has one request id, and no id if it belongs to nothing") {
    const LogContext context{"r-1", "", ""};
    const auto line = format_log_line(LogFormat::kText, {}, LogLevel::kInfo, "it happened",
                                      {{"request_id", "r-2"}}, context);
    CHECK(line.ends_with("it happened request_id=r-2"));
    CHECK(format_log_line(LogFormat::kText, {}, LogLevel::kInfo, "it happened", {})
              .ends_with("it happened"));
}
