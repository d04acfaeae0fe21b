#include "orchestrator/credential.hpp"

#include <array>
#include <string_view>

#include "support/url.hpp"

namespace rescuestream {

std::optional<PublishCredential> find_credential(const PublishRequest& request) {
    const auto found = [&](std::string_view value) {
        return PublishCredential{Secret(std::string(value)), value == request.path};
    };
    if (looks_like_key_value(request.password.reveal())) return found(request.password.reveal());
    if (looks_like_key_value(request.token.reveal())) return found(request.token.reveal());
    if (!request.query.empty()) {
        constexpr std::array<std::string_view, 4> kNames{"pass", "token", "key", "jwt"};
        const auto members = parse_query(request.query.reveal());
        for (const auto wanted : kNames) {
            for (const auto& [name, value] : members) {
                if (name == wanted && looks_like_key_value(value)) return found(value);
            }
        }
    }
    if (looks_like_key_value(request.path)) return found(request.path);
    return std::nullopt;
}

bool has_credential(const PublishRequest& request) {
    return !request.user.empty() || !request.password.empty() || !request.token.empty() ||
           !request.query.empty();
}

}  // namespace rescuestream
