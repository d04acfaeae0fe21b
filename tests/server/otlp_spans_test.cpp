#include <doctest/doctest.h>

#include "json/document.hpp"
#include "support/recording_tracer.hpp"
#include "telemetry/otlp_spans_json.hpp"
#include "telemetry/protobuf_writer.hpp"

using namespace rescuestream;
using namespace rescuestream::server;

TEST_CASE("spans as JSON have hexadecimal ids and 64-bit numbers as texts") {
    rescuestream::testing::RecordingTracer tracer;
    const auto caller =
        parse_trace_context("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "a=1");
    REQUIRE(caller);
    {
        Span span(&tracer, "work", SpanKind::kClient, &*caller);
        span.set("text", "value");
        span.set("number", std::int64_t{9'007'199'254'740'993});
        span.set("flag", true);
        span.set("part", 0.25);
        span.set("hidden", "sk_" + std::string(43, 'A'));
        span.link(*caller);
        span.fail("timeout", "It took too long.");
    }
    Spans spans;
    spans.push_back(std::make_unique<SpanRecord>(tracer.spans().at(0)));
    const Resource resource{{{"service.name", "rescuestream"}}};
    const std::string text = spans_as_json(resource, spans);
    CHECK(text.find(std::string(43, 'A')) == std::string::npos);
    const auto json = rescuestream::json::parse(text, {.any_number = true});
    REQUIRE(json);
    const auto& from = (*json)["resourceSpans"][0];
    CHECK(from["resource"]["attributes"][0]["key"] == "service.name");
    const auto& span = from["scopeSpans"][0]["spans"][0];
    CHECK(span["traceId"] == "4bf92f3577b34da6a3ce929d0e0e4736");
    CHECK(span["parentSpanId"] == "00f067aa0ba902b7");
    CHECK(std::string(span["spanId"].GetString()).size() == 16);
    CHECK(span["traceState"] == "a=1");
    CHECK(span["name"] == "work");
    CHECK(text.find(R"("kind":3)") != std::string::npos);
    CHECK(span["startTimeUnixNano"].IsString());
    CHECK(span["attributes"][0]["value"]["stringValue"] == "value");
    CHECK(span["attributes"][1]["value"]["intValue"] == "9007199254740993");
    CHECK(span["attributes"][2]["value"]["boolValue"].GetBool());
    CHECK(text.find(R"("doubleValue":0.25)") != std::string::npos);
    CHECK(span["links"][0]["spanId"] == "00f067aa0ba902b7");
    CHECK(span["status"]["message"] == "It took too long.");
    CHECK(text.find(R"("code":2)") != std::string::npos);
}

TEST_CASE("the protobuf writer writes what the examples of its specification have") {
    ProtobufWriter writer;
    SUBCASE("a number") {
        writer.varint_field(1, 150);
        CHECK(writer.bytes() == "\x08\x96\x01");
    }
    SUBCASE("a text") {
        writer.text_field(2, "testing");
        CHECK(writer.bytes() == "\x12\x07testing");
    }
    SUBCASE("a message") {
        writer.message_field(3, [](ProtobufWriter& to) { to.varint_field(1, 150); });
        CHECK(writer.bytes() == "\x1a\x03\x08\x96\x01");
    }
    SUBCASE("fixed numbers are little-endian") {
        writer.fixed64_field(1, 0x0102030405060708U);
        CHECK(writer.bytes() == "\x09\x08\x07\x06\x05\x04\x03\x02\x01");
    }
    SUBCASE("a message of 128 bytes has a length of two bytes") {
        writer.message_field(1,
                             [](ProtobufWriter& to) { to.text_field(1, std::string(126, 'x')); });
        CHECK(writer.bytes().size() == 131);
        CHECK(writer.bytes().starts_with("\x0a\x80\x01\x0a\x7ex"));
    }
    SUBCASE("a number of ten bytes") {
        writer.varint_field(1, ~std::uint64_t{0});
        CHECK(writer.bytes().size() == 11);
    }
}
