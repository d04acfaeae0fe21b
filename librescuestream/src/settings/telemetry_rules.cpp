#include "settings/telemetry_rules.hpp"

#include <algorithm>

#include "support/text.hpp"
#include "support/url.hpp"

namespace rescuestream::settings {
namespace {

constexpr std::uint16_t kGrpcPort = 4317;

bool is_header_name(std::string_view name) {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kOthers.find(c) != std::string_view::npos;
    });
}

Problem check_otlp_endpoint(std::string& text) {
    text = with_lower_scheme(text);
    const auto url = parse_http_url(text);
    if (!url) {
        return "must be http://HOST[:PORT][/PATH] or https://HOST[:PORT][/PATH]";
    }
    if (!url->user.empty() || !url->password.empty()) {
        return "must not contain a credential: give it as OTEL_EXPORTER_OTLP_HEADERS";
    }
    return std::nullopt;
}

Problem check_attribute_list(std::string& text) {
    if (parse_named_values(text)) return std::nullopt;
    return "must be NAME=VALUE, separated by commas, with percent-encoded values";
}

// The values are not shown: they are credentials.
Problem check_header_list(std::string& text) {
    const auto headers = parse_named_values(text);
    if (!headers) return "must be NAME=VALUE, separated by commas, with percent-encoded values";
    for (const auto& [name, value] : *headers) {
        if (!is_header_name(name)) return "has a name that no header can have";
        if (has_control_character(value)) return "has a value that no header can have";
    }
    return std::nullopt;
}

}  // namespace

std::optional<NamedValues> parse_named_values(std::string_view text) {
    NamedValues values;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const std::string element = trimmed(std::string(text.substr(0, comma)));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
        if (element.empty()) continue;
        const auto equals = element.find('=');
        if (equals == std::string::npos) return std::nullopt;
        std::string name = trimmed(element.substr(0, equals));
        auto value = percent_decode(trimmed(element.substr(equals + 1)));
        if (name.empty() || !value || !is_clean_utf8(name) || !is_clean_utf8(*value)) {
            return std::nullopt;
        }
        values.emplace_back(std::move(name), *std::move(value));
    }
    return values;
}

const TextRule kOtlpEndpoint{"http(s)://HOST[:PORT][/PATH]", check_otlp_endpoint,
                             "http://localhost:4318"};
const TextRule kAttributeList{"NAME=VALUE, …", check_attribute_list,
                              "deployment.environment=production"};
const TextRule kHeaderList{"NAME=VALUE, …", check_header_list};

bool has_grpc_port(const std::string& endpoint) {
    const auto url = parse_http_url(endpoint);
    return url && url->port == kGrpcPort;
}

}  // namespace rescuestream::settings
