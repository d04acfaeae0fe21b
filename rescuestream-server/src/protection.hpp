#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "guesses.hpp"
#include "http/network.hpp"
#include "key_list.hpp"
#include "limits.hpp"
#include "refusal_log.hpp"
#include "settings/settings.hpp"
#include "snapshots.hpp"

namespace rescuestream::server {

/// User name and password for MediaMTX's interfaces as one text.
inline std::string control_credential(std::string_view user, std::string_view password) {
    return std::string(user).append("\n").append(password);
}

/// What keeps those who ask much from being felt by others.
struct Protection {
    explicit Protection(const Settings& settings)
        : stream_keys(settings.wrong_keys_per_minute, Guesses::Size::kManyCredentials),
          secrets(settings.wrong_secrets_per_minute, Guesses::Size::kFewCredentials),
          media_secrets(settings.wrong_secrets_per_minute, Guesses::Size::kFewCredentials),
          control_secrets(settings.wrong_secrets_per_minute, Guesses::Size::kFewCredentials) {
        // At once, so much as in two seconds: a page that opens asks for many things.
        if (settings.api_rate_limit > 0) {
            api_calls.emplace(static_cast<double>(settings.api_rate_limit),
                              settings.api_rate_limit * 2);
        }
        // MediaMTX asks about this program's own look at it: whoever guesses beside it must not
        // keep that out, not even before the first.
        const std::string own = control_credential(settings.orchestrator.api_user,
                                                   settings.orchestrator.api_password.reveal());
        for (const auto& address : addresses_of_this_machine()) {
            Trial(&control_secrets, address, own).was(true);
        }
        snapshots.also_forget([this](auto now) { return key_list.forget_unused(now); });
    }

    KeyList key_list;
    Snapshots snapshots;
    std::optional<RateLimit> api_calls;  ///< By credential.
    Guesses stream_keys;                 ///< Of publishers, and of readers of a secret path.
    Guesses secrets;                     ///< Of callers of admin-facing routes.
    Guesses media_secrets;               ///< Of callers of media-facing routes.
    Guesses control_secrets;             ///< Of callers of MediaMTX's own interfaces.
    RefusalLog refusals;
};

}  // namespace rescuestream::server
