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
#include "stream_list_text.hpp"

namespace rescuestream::server {

/// Returns user name and password for MediaMTX's control interface as one text.
inline std::string control_credential(std::string_view user, std::string_view password) {
    return std::string(user).append("\n").append(password);
}

/// The limits and caches that protect callers from the load of others.
struct Protection {
    explicit Protection(const Settings& settings)
        : stream_keys(settings.wrong_keys_per_minute, Guesses::Size::kManyCredentials),
          secrets(settings.wrong_secrets_per_minute, Guesses::Size::kFewCredentials),
          media_secrets(settings.wrong_secrets_per_minute, Guesses::Size::kFewCredentials),
          control_secrets(settings.wrong_secrets_per_minute, Guesses::Size::kFewCredentials) {
        // The burst is the allowance of two seconds, because a page sends many requests when it
        // opens.
        if (settings.api_rate_limit > 0) {
            api_calls.emplace(static_cast<double>(settings.api_rate_limit),
                              settings.api_rate_limit * 2);
        }
        // MediaMTX asks this server about this server's own polls of MediaMTX. Wrong guesses from
        // the same address must never block those polls, not even the first.
        const std::string own = control_credential(settings.orchestrator.api_user,
                                                   settings.orchestrator.api_password.reveal());
        for (const auto& address : addresses_of_this_machine()) {
            Trial(&control_secrets, address, own).was(true);
        }
        snapshots.also_forget([this](auto now) {
            const bool keeps_streams = stream_list.forget_unused(now);
            return key_list.forget_unused(now) || keeps_streams;
        });
    }

    KeyList key_list;
    StreamListText stream_list;
    Snapshots snapshots;
    std::optional<RateLimit> api_calls;  ///< Counted by credential.
    /// Guesses of publishers, and of readers of a secret path.
    Guesses stream_keys;
    Guesses secrets;        ///< Guesses of callers of admin routes.
    Guesses media_secrets;  ///< Guesses of callers of media routes.
    /// PINs of guest links.
    Guesses guest_pins{10, Guesses::Size::kFewCredentials, Guesses::Known::kRefused};
    RateLimit pins_of_link{0.1, 20};  ///< PINs that are tried for one link, right or wrong.
    /// Sessions that are made with one credential: each writes to the audit log.
    RateLimit new_sessions{1.0 / 30, 60};
    /// KiB that one credential reports to the audit log, whose entries nobody deletes.
    RateLimit audit_events{2, 1024};
    /// KiB with which one credential without the scope admin requests changes: most are stored, and
    /// each writes to the audit log.
    RateLimit changes{50, 8 * 1024};
    Guesses control_secrets;  ///< Guesses of callers of MediaMTX's own interfaces.
    RefusalLog refusals;
    /// Which refused calls are recorded in the audit log: at most some ten thousand a day.
    RefusalLog refused_calls{0.02};
};

}  // namespace rescuestream::server
