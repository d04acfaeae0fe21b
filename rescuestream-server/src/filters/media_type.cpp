// Refuses bodies that are not JSON. It runs after the filter `who_calls`: a caller without a
// credential is told that the credential is missing, and not how to send a body.

#include "filters/list.hpp"
#include "problem.hpp"

namespace rescuestream::server {
namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Without parameters.
std::string type_of(std::string_view content_type) {
    std::string type;
    for (const char c : content_type.substr(0, content_type.find(';'))) {
        if (c != ' ' && c != '\t') type += lower(c);
    }
    return type;
}

bool is_json(std::string_view content_type) {
    const std::string type = type_of(content_type);
    return type == "application/json" ||
           (type.starts_with("application/") && type.ends_with("+json"));
}

bool is_form(std::string_view content_type) {
    return type_of(content_type) == "application/x-www-form-urlencoded";
}

// Returns whether the body has a content coding other than `identity`. Source: RFC 9110 section
// 8.4, which permits a list of codings, in any case.
bool is_encoded(const HttpRequest& request) {
    for (const auto& [name, value] : request.headers) {
        if (name != "content-encoding") continue;
        std::string coding;
        for (const char c : value + ",") {
            if (c == ' ' || c == '\t') continue;
            if (c != ',') {
                coding += lower(c);
                continue;
            }
            if (!coding.empty() && coding != "identity") return true;
            coding.clear();
        }
    }
    return false;
}

class MediaTypeFilter final : public Filter {
public:
    std::optional<HttpResponse> on_head(Call& call) const override {
        if (!is_encoded(call.request)) return std::nullopt;
        return problem(call.request, ProblemKind::kUnsupportedMediaType,
                       "A body must be sent without Content-Encoding.");
    }
    std::optional<HttpResponse> on_request(Call& call) const override {
        if (call.request.body.empty()) return std::nullopt;
        const auto type = call.request.header("content-type");
        if (call.route->takes_form) {
            if (type && is_form(*type)) return std::nullopt;
            return problem(call.request, ProblemKind::kUnsupportedMediaType,
                           "The body must be a form: send it with Content-Type: "
                           "application/x-www-form-urlencoded.");
        }
        if (type && is_json(*type)) return std::nullopt;
        return problem(call.request, ProblemKind::kUnsupportedMediaType,
                       "The body must be JSON: send it with Content-Type: application/json.");
    }
};

}  // namespace

std::unique_ptr<Filter> make_media_type_filter() {
    return std::make_unique<MediaTypeFilter>();
}

}  // namespace rescuestream::server
