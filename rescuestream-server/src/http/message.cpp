#include "http/message.hpp"

#include "support/url.hpp"

namespace rescuestream::server {

void HttpRequest::set_target(std::string text) {
    target = std::move(text);
    std::string_view rest = target;
    // A proxy's form: http://host/path (RFC 9112 section 3.2.2).
    if (rest.starts_with("http://")) {
        const auto slash = rest.find('/', 7);
        rest = slash == std::string_view::npos ? std::string_view("/") : rest.substr(slash);
    }
    const auto question = rest.find('?');
    query = question == std::string_view::npos ? "" : std::string(rest.substr(question + 1));
    path = percent_decode(rest.substr(0, question)).value_or("");
}

}  // namespace rescuestream::server
