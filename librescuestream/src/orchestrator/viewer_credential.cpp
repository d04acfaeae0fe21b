#include "orchestrator/viewer_credential.hpp"

#include <algorithm>
#include <string_view>

#include "orchestrator/credential.hpp"
#include "support/url.hpp"
#include "tokens/token.hpp"

namespace rescuestream {

std::vector<std::string> find_tokens(const ReadRequest& request) {
    std::vector<std::string> found;
    const auto add = [&](std::string_view text) {
        if (text.empty() || found.size() > kMostTokens) return;
        if (std::find(found.begin(), found.end(), text) == found.end()) found.emplace_back(text);
    };
    const auto add_password = [&](std::string_view sent) {
        const auto text = without_pasted_parts(sent);
        if (tokens::looks_like_token(text)) add(text);
    };
    // MediaMTX copies the password, if there is no other token.
    const bool is_copy = request.token.reveal() == request.password.reveal();
    if (!is_copy) add(without_pasted_parts(request.token.reveal()));
    add_password(request.password.reveal());
    for (const auto& [name, value] : parse_query(request.query.reveal())) {
        if (name == "jwt" || name == "token") add(without_pasted_parts(value));
        if (name == "pass") add_password(value);
    }
    return found;
}

}  // namespace rescuestream
