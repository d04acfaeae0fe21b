#include "orchestrator/viewer_credential.hpp"

#include <algorithm>
#include <string_view>

#include "orchestrator/credential.hpp"
#include "support/url.hpp"
#include "tokens/token.hpp"

namespace rescuestream {

std::vector<std::string> find_tokens(const ReadRequest& request) {
    std::vector<std::string> found;
    const auto add = [&](std::string_view sent) {
        const auto text = without_pasted_parts(sent);
        if (found.size() > kMostTokens || !tokens::looks_like_token(text)) return;
        if (std::find(found.begin(), found.end(), text) == found.end()) found.emplace_back(text);
    };
    add(request.token.reveal());
    add(request.password.reveal());
    for (const auto& [name, value] : parse_query(request.query.reveal())) {
        if (name == "jwt" || name == "token" || name == "pass") add(value);
    }
    return found;
}

}  // namespace rescuestream
