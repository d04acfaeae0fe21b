#include "telemetry/partial_success.hpp"

#include <doctest/doctest.h>

#include <string>

#include "telemetry/protobuf_writer.hpp"

using namespace rescuestream::server;

namespace {

const std::string kProtobuf = "application/x-protobuf";
const std::string kJson = "application/json";

// ExportTraceServiceResponse
std::string as_protobuf(std::uint64_t rejected, const std::string& message) {
    ProtobufWriter response;
    response.message_field(1, [&](ProtobufWriter& partial) {
        partial.varint_field(1, rejected);
        partial.text_field(2, message);
    });
    return response.bytes();
}

}  // namespace

TEST_CASE("the number of rejected spans is read from a collector's answer") {
    const auto protobuf = read_partial_success(kProtobuf, as_protobuf(300, "too old"));
    CHECK(protobuf.rejected == 300);
    CHECK(protobuf.message == "too old");
    for (const char* answer :
         {R"({"partialSuccess":{"rejectedSpans":"300","errorMessage":"too old"}})",
          R"({"partialSuccess":{"rejectedSpans":300,"errorMessage":"too old"}})",
          R"({"partialSuccess":{"rejectedDataPoints":"300","errorMessage":"too old"},"more":1})"}) {
        CAPTURE(answer);
        const auto json = read_partial_success("application/json; charset=utf-8", answer);
        CHECK(json.rejected == 300);
        CHECK(json.message == "too old");
    }
}

TEST_CASE("an answer that is not OTLP, or is cut, rejects nothing") {
    const std::string whole = as_protobuf(5, "words");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK(read_partial_success(kProtobuf, whole.substr(0, size)).rejected <= 5);
    }
    for (const char* answer :
         {"", "{}", "[]", "null", "<html>", R"({"partialSuccess":null})",
          R"({"partialSuccess":[1]})", R"({"partialSuccess":{"rejectedSpans":"-5"}})",
          R"({"partialSuccess":{"rejectedSpans":-5}})",
          R"({"partialSuccess":{"rejectedSpans":{}}})",
          R"({"partialSuccess":{"rejectedSpans":"99999999999999999999"}})"}) {
        CAPTURE(answer);
        CHECK(read_partial_success(kJson, answer).rejected == 0);
    }
    CHECK(read_partial_success(kProtobuf, as_protobuf(~std::uint64_t{0}, "")).rejected == 0);
    CHECK(read_partial_success("text/html", whole).rejected == 0);
    CHECK(read_partial_success(kProtobuf, std::string(100'000, '\xff')).rejected == 0);
}

TEST_CASE("what a collector says is printable, short and without a key value") {
    const std::string key = "sk_" + std::string(43, 'a');
    const std::string message = "bad\n\x01 " + key + std::string(1'000, 'x');
    const auto read = read_partial_success(kProtobuf, as_protobuf(1, message)).message;
    CHECK(read.size() <= 256);
    CHECK(read.find('\n') == std::string::npos);
    CHECK(read.find('\x01') == std::string::npos);
    CHECK(read.find(key) == std::string::npos);
}
