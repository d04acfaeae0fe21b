// Numbers from outside: in answers of a server and on the command line.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "admin/json_reader.hpp"
#include "http_stub.hpp"
#include "support/hostile_numbers.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

constexpr const char* kId = "018f4d2e-0000-7000-8000-000000000001";
constexpr const char* kTime = "2026-01-17T10:00:00.000000Z";

std::string with_number(std::string text, const std::string& number) {
    const auto put = [&](std::string_view place, const std::string& what) {
        for (auto at = text.find(place); at != std::string::npos; at = text.find(place, at)) {
            text.replace(at, place.size(), what);
            at += what.size();
        }
    };
    put("ID", fmt::format("\"{}\"", kId));
    put("TIME", fmt::format("\"{}\"", kTime));
    put("NUMBER", number);
    return text;
}

// Answers that a command reads, with a number in every place where one may be.
struct Answered {
    std::vector<std::string> command;
    std::string body;
};

std::vector<Answered> all_answers() {
    return {
        {{"key", "list"},
         R"({"stream_keys":[{"id":ID,"broadcaster_id":ID,"created_at":TIME,)"
         R"("reconnect_window":NUMBER,"stale_after":NUMBER,"max_session_duration":NUMBER}]})"},
        {{"key", "show", kId},
         R"({"id":ID,"broadcaster_id":ID,"created_at":TIME,"max_session_duration":NUMBER})"},
        {{"broadcaster", "list"},
         R"({"broadcasters":[{"id":ID,"display_name":"A","metadata":{"n":NUMBER},)"
         R"("created_at":TIME,"updated_at":TIME}],"count":NUMBER})"},
        {{"stream", "list"},
         R"({"streams":[{"id":ID,"stream_key_id":ID,"broadcaster_id":ID,"path":"a",)"
         R"("state":"live","generation":1,"node":"default","started_at":TIME,"urls":{},)"
         R"("interruptions":NUMBER,"interrupted_ms":NUMBER,"metadata":{}}]})"},
        {{"stream", "show", kId},
         R"({"id":ID,"stream_key_id":ID,"broadcaster_id":ID,"path":"a","state":"live",)"
         R"("generation":1,"node":"default","started_at":TIME,"urls":{},"metadata":{},)"
         R"("figures":{"measured_at":TIME,"inbound_bytes":NUMBER,"bitrate":NUMBER,)"
         R"("peak_bitrate":NUMBER,"tracks":[],"readers":{"hls":NUMBER},"peak_readers":NUMBER,)"
         R"("frames_in_error":NUMBER}})"},
        {{"stream", "timeline", kId},
         R"({"timeline":[{"at":TIME,"transition":"resumed","source":"hook",)"
         R"("generation":NUMBER,"gap_ms":NUMBER}]})"},
        {{"audit", "list"}, R"({"audit_logs":[],"pagination":{"total":NUMBER}})"},
        {{"node", "list"}, R"({"nodes":[],"count":NUMBER})"},
        {{"key", "disable", kId, "--yes"},
         R"({"stream_key":{"id":ID,"broadcaster_id":ID,"created_at":TIME},)"
         R"("cutoff":{"kicked":NUMBER,"pending":NUMBER,"nodes":[]}})"},
    };
}

}  // namespace

TEST_CASE("no number in an answer of a server crashes the command line") {
    std::vector<std::string> numbers = testing::refused_numbers();
    for (auto& number : testing::extreme_numbers()) numbers.push_back(number);
    std::string body;
    int status = 200;
    HttpStub stub([&](const auto&, auto& response) {
        response.status = status;
        response.set_content(body, status == 200 ? "application/json" : "application/problem+json");
    });
    TestCli cli;
    cli.through_server = true;
    cli.environment["API_SECRET"] = "topsecret";
    for (const auto& [words, pattern] : all_answers()) {
        for (const std::string& number : numbers) {
            std::vector<std::string> command = words;
            CAPTURE(command.front());
            CAPTURE(number.substr(0, 80));
            command.insert(command.end(), {"--server", stub.origin()});
            status = 200;
            body = with_number(pattern, number);
            const int code = cli.run(command).code;
            CHECK((code == 0 || code == 1));
            status = 409;
            body = "{\"detail\":\"No.\",\"status\":" + number + "}";
            CHECK(cli.run(command).code == 4);
        }
    }
}

TEST_CASE("the header with cut-offs is read, or refused when it is malformed") {
    CHECK(read_cutoff_header("kicked=2147483647, pending=0").kicked == 2'147'483'647);
    CHECK(read_cutoff_header("kicked=1, pending=2; more").pending == 2);
    for (const char* header :
         {"kicked=2147483648, pending=0", "kicked=99999999999999999999999999, pending=1",
          "kicked=1, pending=-1", "kicked=, pending=1", "kicked=1", "pending=1", "1"}) {
        CAPTURE(header);
        CHECK_THROWS_AS(read_cutoff_header(header), BadValue);
    }
}

TEST_CASE("a duration on the command line is read completely, or refused with its option") {
    TestCli cli;
    cli.id({"broadcaster", "add", "A"});
    for (const char* length :
         {"99999999999999999999d", "9223372036854775807w", "9223372036854775808s", "-1s", "1e3s",
          "0x10s", "1.5h", "3153600000w", " 1h", "d", "+1h"}) {
        CAPTURE(length);
        for (const char* option : {"--expires", "--reconnect-window", "--max-session-duration"}) {
            const Ran ran = cli.run({"key", "create", "-b", "A", option, length});
            CHECK(ran.code == 2);
            CHECK(contains(ran.err, option));
        }
        CHECK(cli.run({"audit", "list", "--from", length}).code == 2);
    }
    CHECK(cli.core->list_stream_keys().value().items.empty());
    // A key must expire before the year 10000, because later times cannot be written.
    CHECK(cli.run({"key", "create", "-b", "A", "--expires", "415000w"}).code == 0);
    const Ran late = cli.run({"key", "create", "-b", "A", "--expires", "417000w"});
    CHECK(late.code == 2);
    CHECK(contains(late.err, "--expires: must lie before the year 10000"));
    CHECK(cli.run({"audit", "list", "--from", "2000y"}).code == 2);
    CHECK(contains(cli.run({"audit", "list", "--from", "110000w"}).err, "before the year 1"));
}

TEST_CASE("a count on the command line is read completely, or refused with its option") {
    TestCli cli;
    for (const char* number : {"0", "-1", "101", "1e1", "99999999999999999999999", "NaN", "1x"}) {
        CAPTURE(number);
        const Ran ran = cli.run({"audit", "list", "--limit", number});
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, "--limit"));
    }
    CHECK(cli.run({"audit", "list", "--offset", "99999999999999999999999"}).code == 2);
    CHECK(cli.run({"stream", "list", "--limit", "18446744073709551616"}).code == 2);
}

TEST_CASE("metadata on the command line follows the same rules as in a request body") {
    TestCli cli;
    for (const std::string& number : testing::refused_numbers()) {
        CAPTURE(number.substr(0, 80));
        const Ran ran =
            cli.run({"broadcaster", "add", "A", "--metadata", "{\"n\":" + number + "}"});
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, "--metadata"));
    }
    CHECK(cli.run({"broadcaster", "add", "A", "--metadata", R"({"n":1.50})"}).code == 0);
    CHECK(cli.core->list_broadcasters().value().items.at(0).metadata.text() == R"({"n":1.50})");
}

TEST_CASE("a time range that ends before it begins is refused with its option") {
    TestCli cli;
    for (const char* list : {"audit", "stream"}) {
        const Ran ran = cli.run({list, "list", "--from", "1h", "--to", "2h"});
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, "--from: must not be later"));
    }
}
