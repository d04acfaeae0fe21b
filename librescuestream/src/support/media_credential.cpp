#include "support/media_credential.hpp"

#include "support/crypto.hpp"

namespace rescuestream {

Secret media_secret_of(const Secret& control_secret, std::string_view node) {
    if (control_secret.empty()) return {};
    const auto code = hmac_sha256(control_secret.reveal(), std::string("media\n").append(node));
    return Secret(
        std::string(kMediaSecretPrefix).append(node).append(".").append(base64url_encode(code)));
}

std::optional<std::string> node_of_media_secret(const Secret& control_secret,
                                                std::string_view given) {
    // The name of a node may contain a dot; the code does not.
    const auto dot = given.rfind('.');
    if (control_secret.empty() || !given.starts_with(kMediaSecretPrefix) ||
        dot == std::string_view::npos) {
        return std::nullopt;
    }
    std::string node(given.substr(kMediaSecretPrefix.size(), dot - kMediaSecretPrefix.size()));
    if (!media_secret_of(control_secret, node).equals(given)) return std::nullopt;
    return node;
}

}  // namespace rescuestream
