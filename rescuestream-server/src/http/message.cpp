#include "http/message.hpp"

#include "support/url.hpp"

namespace rescuestream::server {

void HttpRequest::set_target(std::string text) {
    target = std::move(text);
    std::string_view rest = target;
    // A proxy's form: http://host/path (RFC 9112 section 3.2.2).
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!rest.starts_with(scheme)) continue;
        const auto slash = rest.find('/', scheme.size());
        rest = slash == std::string_view::npos ? std::string_view("/") : rest.substr(slash);
        break;
    }
    const auto question = rest.find('?');
    query = question == std::string_view::npos ? "" : std::string(rest.substr(question + 1));
    path = percent_decode(rest.substr(0, question)).value_or("");
}

}  // namespace rescuestream::server
