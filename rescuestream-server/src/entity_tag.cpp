#include "entity_tag.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace rescuestream::server {
namespace {

constexpr std::string_view kTag = "ETag";
constexpr char kEndOfVersion = '.';

void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

}  // namespace

std::string entity_tag(std::string_view version, std::string_view body) {
    const auto hash = std::hash<std::string_view>{}(body);
    if (version.empty()) return fmt::format("\"{:x}-{:x}\"", hash, body.size());
    return fmt::format("\"{}{}{:x}-{:x}\"", version, kEndOfVersion, hash, body.size());
}

HttpResponse with_version(HttpResponse response, const std::string& version) {
    response.headers.emplace_back(kTag, '"' + version + '"');
    return response;
}

std::string take_version(HttpResponse& response) {
    auto& headers = response.headers;
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [](const auto& header) { return header.first == kTag; });
    if (found == headers.end()) return {};
    std::string version = std::move(found->second);
    headers.erase(found);
    return version.size() < 2 ? std::string() : version.substr(1, version.size() - 2);
}

// RFC 9110 section 13.1.2.
bool has_tag(const HttpRequest& request, const std::string& tag) {
    const auto given = request.header("if-none-match");
    return given && (*given == "*" || given->find(tag) != std::string_view::npos);
}

HttpResponse tagged_answer(const HttpRequest& request, HttpResponse response,
                           const std::string& tag) {
    if (has_tag(request, tag)) {
        response = HttpResponse();
        response.status = 304;
    }
    response.headers.emplace_back(kTag, tag);
    // It contains no secret; a cache must revalidate it before each use.
    response.headers.emplace_back("Cache-Control", "private, no-cache");
    return response;
}

// RFC 9110 section 13.1.1: `*`, or tags with commas between them.
std::optional<std::vector<std::string>> versions_of_if_match(const HttpRequest& request) {
    std::vector<std::string> versions;
    if (!request.has_header("if-match")) return versions;
    const auto given = request.header("if-match");
    if (!given) return std::nullopt;
    std::string_view rest = *given;
    skip_blanks(rest);
    if (rest.starts_with('*')) {
        rest.remove_prefix(1);
        skip_blanks(rest);
        return rest.empty() ? std::optional(versions) : std::nullopt;
    }
    while (true) {
        skip_blanks(rest);
        if (rest.starts_with("W/")) rest.remove_prefix(2);
        const auto end = rest.starts_with('"') ? rest.find('"', 1) : std::string_view::npos;
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view tag = rest.substr(1, end - 1);
        versions.emplace_back(tag.substr(0, tag.find(kEndOfVersion)));
        rest.remove_prefix(end + 1);
        skip_blanks(rest);
        if (rest.empty()) return versions;
        if (!rest.starts_with(',')) return std::nullopt;
        rest.remove_prefix(1);
    }
}

}  // namespace rescuestream::server
