#include "kept_answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace rescuestream::server {
namespace {

constexpr std::array<std::string_view, 3> kKeptHeaders{"Location", "ETag", "RescueStream-Cutoff"};

// Removes a line from the beginning of `text` and returns it; empty: there is none.
std::optional<std::string_view> take_line(std::string_view& text) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

}  // namespace

// The status, the media type, one line for each header, an empty line, the body.
std::string keep_answer(const HttpResponse& response) {
    std::string kept = std::to_string(response.status) + '\n' + response.content_type + '\n';
    for (const auto& [name, value] : response.headers) {
        if (std::find(kKeptHeaders.begin(), kKeptHeaders.end(), name) == kKeptHeaders.end())
            continue;
        kept.append(name).append(": ").append(value).append("\n");
    }
    return kept.append("\n").append(response.content());
}

std::optional<HttpResponse> read_answer(std::string_view kept) {
    HttpResponse response;
    const auto status = take_line(kept);
    const auto type = take_line(kept);
    if (!status || !type) return std::nullopt;
    const auto* const end = status->data() + status->size();
    if (std::from_chars(status->data(), end, response.status).ptr != end) return std::nullopt;
    response.content_type = *type;
    while (true) {
        const auto line = take_line(kept);
        if (!line) return std::nullopt;
        if (line->empty()) break;
        const auto colon = line->find(": ");
        if (colon == std::string_view::npos) return std::nullopt;
        response.headers.emplace_back(line->substr(0, colon), line->substr(colon + 2));
    }
    response.body = kept;
    return response;
}

}  // namespace rescuestream::server
