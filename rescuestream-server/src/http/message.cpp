#include "http/message.hpp"

#include "support/url.hpp"

namespace rescuestream::server {

namespace {

std::string_view without_origin(std::string_view target) noexcept {
    // The form that proxies use: http://host/path (RFC 9112 section 3.2.2).
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!target.starts_with(scheme)) continue;
        const auto slash = target.find('/', scheme.size());
        return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
    }
    return target;
}

}  // namespace

std::string_view HttpRequest::encoded_path() const noexcept {
    const std::string_view rest = without_origin(target);
    return rest.substr(0, rest.find('?'));
}

void HttpRequest::set_target(std::string text) {
    target = std::move(text);
    const std::string_view rest = without_origin(target);
    const auto question = rest.find('?');
    query = question == std::string_view::npos ? "" : std::string(rest.substr(question + 1));
    path = percent_decode(encoded_path()).value_or("");
}

}  // namespace rescuestream::server
