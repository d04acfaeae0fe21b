// Adds the headers that any response may need: Retry-After, and what a browser must not do with it.
// It runs outside of `last_catch` and `routing`, because refusals and failures need these headers
// too.

#include <algorithm>

#include "cors.hpp"
#include "filters/list.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {
namespace {

bool has_header(const HttpResponse& response, std::string_view name) {
    return std::any_of(response.headers.begin(), response.headers.end(),
                       [&](const auto& header) { return header.first == name; });
}

class HeadersFilter final : public Filter {
public:
    explicit HeadersFilter(const Settings& settings) : settings_(settings) {}

    void on_answer(const Call& call, HttpResponse& response) const override {
        if (response.status == 503 && !has_header(response, "Retry-After")) {
            response.headers.emplace_back("Retry-After", "1");
        }
        // The media server's requests do not come from a browser.
        if (!response.auth_decision.empty()) return;
        add_security_headers(response);
        add_cors_headers(call.request, settings_, response);
    }

private:
    // Source: OWASP, "HTTP Headers Cheat Sheet".
    void add_security_headers(HttpResponse& response) const {
        response.headers.emplace_back("X-Content-Type-Options", "nosniff");
        response.headers.emplace_back("X-Frame-Options", "DENY");
        // A page has policies of its own.
        if (!has_header(response, "Referrer-Policy")) {
            response.headers.emplace_back("Referrer-Policy", "no-referrer");
        }
        if (!has_header(response, "Content-Security-Policy")) {
            response.headers.emplace_back("Content-Security-Policy",
                                          "default-src 'none'; frame-ancestors 'none'");
        }
        if (!settings_.tls_certificate.empty()) {
            response.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
        }
    }

    const Settings& settings_;
};

}  // namespace

std::unique_ptr<Filter> make_headers_filter(const Settings& settings) {
    return std::make_unique<HeadersFilter>(settings);
}

}  // namespace rescuestream::server
