#pragma once

#include <optional>

#include "limits.hpp"
#include "settings.hpp"
#include "snapshots.hpp"

namespace rescuestream::server {

/// What keeps those who ask much from being felt by others.
struct Protection {
    explicit Protection(const Settings& settings)
        : wrong_keys(settings.wrong_keys_per_minute),
          wrong_secrets(settings.wrong_secrets_per_minute) {
        // At once, so much as in two seconds: a page that opens asks for many things.
        if (settings.api_rate_limit > 0) {
            api_calls.emplace(static_cast<double>(settings.api_rate_limit),
                              settings.api_rate_limit * 2);
        }
    }

    Snapshots snapshots;
    std::optional<RateLimit> api_calls;  ///< By credential.
    WrongCredentials wrong_keys;         ///< Of publishers.
    WrongCredentials wrong_secrets;      ///< Of callers of admin-facing routes.
};

}  // namespace rescuestream::server
