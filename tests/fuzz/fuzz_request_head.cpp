// Request heads: each is understood in exactly one way, or refused.
#include <algorithm>
#include <string>

#include "fuzz/fuzz.hpp"
#include "http/head.hpp"

using namespace rescuestream;
using namespace rescuestream::server;

namespace {

bool has_line_end(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string raw(fuzz::as_text(data, size));
    raw = raw.substr(0, raw.find("\r\n\r\n")) + "\r\n\r\n";
    HeadProblem problem;
    const auto head = parse_head(raw, problem);
    if (!head) {
        FUZZ_CHECK(problem.status == 400 || problem.status == 431);
        FUZZ_CHECK(!problem.why.empty());
        return 0;
    }
    FUZZ_CHECK(!head->request.method.empty() && !has_line_end(head->request.method));
    FUZZ_CHECK(!head->request.target.empty() && !has_line_end(head->request.target));
    FUZZ_CHECK(!(head->framing.chunked && head->framing.content_length));
    std::string again;
    bool has_host = false;
    for (const auto& [name, value] : head->request.headers) {
        FUZZ_CHECK(!name.empty() && !has_line_end(name) && !has_line_end(value));
        FUZZ_CHECK(
            std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }));
        has_host = has_host || name == "host";
        again += name + ": " + value + "\r\n";
    }
    // A head that is written from the result is understood in the same way.
    // Only HTTP/1.0 needs no host.
    const std::string line = head->request.method + " " + head->request.target +
                             (has_host ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
    const auto same = parse_head(line + again + "\r\n", problem);
    FUZZ_CHECK(same.has_value());
    FUZZ_CHECK(same->request.path == head->request.path);
    FUZZ_CHECK(same->request.query == head->request.query);
    FUZZ_CHECK(same->framing.content_length == head->framing.content_length);
    FUZZ_CHECK(same->framing.chunked == head->framing.chunked);
    return 0;
}
