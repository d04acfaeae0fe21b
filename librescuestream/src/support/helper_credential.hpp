#pragma once

#include <string>
#include <string_view>

#include "rescuestream/secret.hpp"

namespace rescuestream {

/// The user name with which programs that a media server starts itself publish.
inline constexpr std::string_view kHelperUser = "helper";

/// Returns the password of a node's helpers. It is derived from the control secret, which is never
/// shown, because a helper's password is: it is in MediaMTX's file and in the arguments of the
/// helpers. Empty if the secret is empty: no helper is accepted.
Secret helper_password(const Secret& control_secret, std::string_view node);

/// Returns whether this is the credential of the node's helpers. The comparison takes the same time
/// for every password.
bool is_helper_credential(const Secret& control_secret, std::string_view node,
                          std::string_view user, const Secret& password);

/// Returns `helper:PASSWORD`, which goes before the `@` of an address.
std::string helper_userinfo(const Secret& control_secret, std::string_view node);

}  // namespace rescuestream
