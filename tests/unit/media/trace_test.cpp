#include <doctest/doctest.h>

#include <memory>
#include <mutex>
#include <string>

#include "rescuestream/media_mtx.hpp"
#include "support/raw_server.hpp"
#include "support/recording_tracer.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

// Answers each request with 404, as MediaMTX does for an unknown path, and keeps the last one.
class NotFoundServer {
public:
    std::string last_request() {
        const std::lock_guard lock(mutex_);
        return request_;
    }
    std::string url() const { return server_.url(); }

private:
    void serve(RawConnection& connection) {
        for (std::string text = connection.read_request(); !text.empty();
             text = connection.read_request()) {
            {
                const std::lock_guard lock(mutex_);
                request_ = text;
            }
            const std::string body = R"({"error":"path not found"})";
            connection.write("HTTP/1.1 404 Not Found\r\nContent-Length: " +
                             std::to_string(body.size()) + "\r\n\r\n" + body);
        }
    }

    std::mutex mutex_;
    std::string request_;
    RawServer server_{[this](RawConnection& connection) { serve(connection); }};
};

std::unique_ptr<MediaServer> client_of(const std::string& url) {
    MediaMtxOptions options;
    options.api_url = url;
    return open_media_mtx(options).value();
}

}  // namespace

TEST_CASE("a request to MediaMTX is a span of a client, without the name of the path") {
    NotFoundServer server;
    RecordingTracer tracer;
    const auto media_server = client_of(server.url());
    const std::string key_value = "sk_" + std::string(43, 'A');
    SpanContext parent;
    {
        const Span poll(&tracer, "poll", SpanKind::kInternal, nullptr);
        const SpanScope scope(poll);
        parent = poll.active().context;
        CHECK(media_server->find_path(key_value).error().code == ErrorCode::kNotFound);
        CHECK(media_server->delete_path_config("live/get/" + key_value).error().code ==
              ErrorCode::kNotFound);
        CHECK_FALSE(media_server->list_paths());
    }
    const auto found = tracer.spans_named("GET /v3/paths/get/{name}");
    REQUIRE(found.size() == 1);
    CHECK(found[0].kind == SpanKind::kClient);
    CHECK(found[0].parent == parent.span_id);
    CHECK(attribute(found[0], "http.request.method") == "GET");
    CHECK(attribute(found[0], "http.response.status_code") == "404");
    CHECK(attribute(found[0], "error.type") == "404");
    CHECK(attribute(found[0], "server.address") == "127.0.0.1");
    CHECK(attribute(found[0], "url.full") == server.url() + "/v3/paths/get/{name}");
    CHECK(found[0].failed);
    CHECK(tracer.spans_named("DELETE /v3/config/paths/delete/{name}").size() == 1);
    CHECK(tracer.spans_named("GET /v3/paths/list").size() == 1);
    for (const auto& span : tracer.spans()) {
        for (const auto& each : span.attributes) {
            CHECK(attribute(span, each.name).find(key_value) == std::string::npos);
        }
    }
}

TEST_CASE("a request to MediaMTX carries the trace, and without a trace no header of it") {
    NotFoundServer server;
    RecordingTracer tracer;
    const auto media_server = client_of(server.url());
    CHECK_FALSE(media_server->find_path("live/a"));
    CHECK(server.last_request().find("traceparent") == std::string::npos);
    CHECK(tracer.spans().empty());
    auto caller =
        parse_trace_context("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "a=1");
    REQUIRE(caller);
    SUBCASE("recorded") {}
    SUBCASE("not recorded") {
        caller->sampled = false;
    }
    {
        const Span request(&tracer, "request", SpanKind::kServer, &*caller);
        const SpanScope scope(request);
        CHECK_FALSE(media_server->find_path("live/a"));
    }
    const std::string sent = server.last_request();
    CHECK(sent.find("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-") != std::string::npos);
    CHECK(sent.find("tracestate: a=1") != std::string::npos);
    const auto spans = tracer.spans_named("GET /v3/paths/get/{name}");
    CHECK(spans.size() == (caller->sampled ? 1 : 0));
    const std::string span_id = caller->sampled ? to_string(spans.at(0).context.span_id) : "";
    CHECK(sent.find(span_id + (caller->sampled ? "-01" : "-00")) != std::string::npos);
}

TEST_CASE("a media server that cannot be reached is a failed span") {
    RecordingTracer tracer;
    const auto media_server = client_of("http://127.0.0.1:9");
    {
        const Span poll(&tracer, "poll", SpanKind::kInternal, nullptr);
        const SpanScope scope(poll);
        CHECK_FALSE(media_server->info());
    }
    const auto spans = tracer.spans_named("GET /v3/info");
    REQUIRE(spans.size() == 1);
    CHECK(spans[0].failed);
    CHECK(attribute(spans[0], "error.type") == "unavailable");
}
