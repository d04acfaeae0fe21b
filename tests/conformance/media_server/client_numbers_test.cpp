// Numbers in MediaMTX's answers: none of them crashes the client or exceeds what a database can
// hold.
#include <limits>
#include <string>

#include "conformance/media_server/client_case.hpp"
#include "media/mediamtx/reply.hpp"
#include "support/hostile_numbers.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

std::string answer_with(const std::string& number) {
    return "{\"itemCount\":" + number + ",\"pageCount\":1,\"version\":\"v1.19.3\",\"x\":[" +
           number +
           "],\"name\":\"a\",\"items\":[{\"name\":\"a\",\"ready\":true,\"inboundBytes\":" + number +
           ",\"outboundBytes\":1,\"readers\":[]}]}";
}

}  // namespace

TEST_SUITE_BEGIN("stub");

TEST_CASE_FIXTURE(ClientCase, "an answer with a number of extreme length or exponent is an error") {
    for (const std::string& number : refused_numbers()) {
        CAPTURE(number.substr(0, 80));
        stub().answer_all_with(MtxAnswer{.body = answer_with(number)});
        CHECK(code_of(client().info()) == ErrorCode::kInternal);
        CHECK(code_of(client().list_paths()) == ErrorCode::kInternal);
        CHECK(code_of(client().find_path("a")) == ErrorCode::kInternal);
        CHECK(code_of(client().list_connections(ConnectionKind::kRtmp)) == ErrorCode::kInternal);
        CHECK(code_of(client().list_path_configs()) == ErrorCode::kInternal);
        stub().answer_all_with(
            MtxAnswer{500, "application/json", "{\"error\":\"no\",\"x\":" + number + "}"});
        CHECK(code_of(client().info()) == ErrorCode::kInternal);
    }
}

TEST_CASE("a counter that no database can store is reduced to the largest value that one can") {
    const auto bytes = [](const std::string& number) {
        const auto path = mediamtx::read_path("{\"name\":\"a\",\"inboundBytes\":" + number + "}");
        return path ? std::optional(path->inbound_bytes) : std::nullopt;
    };
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    CHECK(bytes("0") == 0);
    CHECK(bytes("9223372036854775807") == kMost);
    CHECK(bytes("9223372036854775808") == kMost);
    CHECK(bytes("18446744073709551615") == kMost);
    for (const char* number : {"18446744073709551616", "-1", "1.5", "1e3", "1e-9999", "\"5\""}) {
        CAPTURE(number);
        CHECK_FALSE(bytes(number).has_value());
    }
}

TEST_SUITE_END();
