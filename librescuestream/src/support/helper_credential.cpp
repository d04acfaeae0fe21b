#include "support/helper_credential.hpp"

#include "support/crypto.hpp"

namespace rescuestream {

Secret helper_password(const Secret& control_secret, std::string_view node) {
    if (control_secret.empty()) return {};
    return Secret(base64url_encode(
        hmac_sha256(control_secret.reveal(), std::string("helper\n").append(node))));
}

bool is_helper_credential(const Secret& control_secret, std::string_view node,
                          std::string_view user, const Secret& password) {
    if (user != kHelperUser || control_secret.empty()) return false;
    return helper_password(control_secret, node).equals(password.reveal());
}

std::string helper_userinfo(const Secret& control_secret, std::string_view node) {
    return std::string(kHelperUser) + ":" + helper_password(control_secret, node).reveal();
}

}  // namespace rescuestream
