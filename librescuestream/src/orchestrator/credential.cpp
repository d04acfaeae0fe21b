#include "orchestrator/credential.hpp"

#include <array>
#include <string_view>

#include "support/redaction.hpp"
#include "support/url.hpp"

namespace rescuestream {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kScheme = "Bearer ";

}  // namespace

std::string_view without_pasted_parts(std::string_view text) {
    const auto begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    text = text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
    return text.starts_with(kScheme) ? without_pasted_parts(text.substr(kScheme.size())) : text;
}

std::optional<PublishCredential> find_credential(const PublishRequest& request) {
    const auto in_path = key_value_of_path(request.path);
    const auto found = [&](std::string_view value) {
        return PublishCredential{Secret(std::string(value)), value == in_path};
    };
    for (const Secret* sent : {&request.password, &request.token}) {
        const auto value = without_pasted_parts(sent->reveal());
        if (looks_like_key_value(value)) return found(value);
    }
    if (!request.query.empty()) {
        constexpr std::array<std::string_view, 4> kNames{"pass", "token", "key", "jwt"};
        const auto members = parse_query(request.query.reveal());
        for (const auto wanted : kNames) {
            for (const auto& [name, sent] : members) {
                const auto value = without_pasted_parts(sent);
                if (name == wanted && looks_like_key_value(value)) return found(value);
            }
        }
    }
    if (!in_path.empty()) return found(in_path);
    return std::nullopt;
}

bool has_misplaced_key(const PublishRequest& request) {
    return holds_key_value(request.user) || holds_key_value(request.query.reveal());
}

bool has_credential(const PublishRequest& request) {
    return !request.user.empty() || !request.password.empty() || !request.token.empty() ||
           !request.query.empty();
}

}  // namespace rescuestream
