#include "http/response_writer.hpp"

#include <doctest/doctest.h>

#include <regex>

using namespace rescuestream::server;

namespace {

HttpResponse response_with(int status, std::string body = "") {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    if (!response.body.empty()) response.content_type = "application/json; charset=utf-8";
    return response;
}

/// Returns the text without the Date header.
std::string written(const HttpResponse& response, bool for_head = false, bool closes = false) {
    static const std::regex date(
        "Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} "
        "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT\r\n");
    const ResponseBytes bytes = write_response(response, for_head, closes);
    CHECK_FALSE(bytes.shared_body);
    const std::string& text = bytes.text;
    CHECK(std::regex_search(text, date));
    return std::regex_replace(text, date, "");
}

}  // namespace

TEST_CASE("an answer has its status, its headers in their order, and its length") {
    auto response = response_with(200, "{}");
    response.headers = {{"ETag", "\"1\""}, {"X-Request-ID", "abc"}};
    CHECK(written(response) ==
          "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nETag: \"1\"\r\n"
          "X-Request-ID: abc\r\nContent-Length: 2\r\n\r\n{}");
}

TEST_CASE("an answer without a body has length 0, unless its status allows no body") {
    CHECK(written(response_with(401)) == "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    CHECK(written(response_with(204)) == "HTTP/1.1 204 No Content\r\n\r\n");
    CHECK(written(response_with(304)) == "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST_CASE("the answer to HEAD has the length of the body that it leaves out") {
    auto response = response_with(200, "{\"a\":1}");
    response.content_type = "text/plain";
    CHECK(written(response, true) ==
          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\n");
}

TEST_CASE("the last answer of a connection says that the connection ends") {
    CHECK(written(response_with(503), false, true) ==
          "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a header that would be several lines is left out") {
    auto response = response_with(200);
    response.headers = {
        {"A", "1\r\nSet-Cookie: x"}, {"B\nC", "2"}, {"D", std::string("3\0", 2)}, {"E", "5"}};
    CHECK(written(response) == "HTTP/1.1 200 OK\r\nE: 5\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a body that responses share is sent behind the head without being copied") {
    auto response = response_with(200);
    response.shared_body = std::make_shared<const std::string>("[1,2]");
    const ResponseBytes bytes = write_response(response, false, false);
    CHECK(bytes.shared_body == response.shared_body);
    CHECK(bytes.text.find("Content-Length: 5\r\n") != std::string::npos);
    CHECK(bytes.size() == bytes.text.size() + 5);
    CHECK(bytes.rest(0) == bytes.text);
    CHECK(bytes.rest(bytes.text.size() - 1) == "\n");
    CHECK(bytes.rest(bytes.text.size()) == "[1,2]");
    CHECK(bytes.rest(bytes.size() - 1) == "]");
    CHECK(written(response, true) == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
}
