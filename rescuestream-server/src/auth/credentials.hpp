#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "protection.hpp"
#include "rescuestream/time.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

enum class Access;

/// Who calls, or why nobody may know it.
struct Identity {
    std::string actor;
    std::string_view problem;  ///< A sentence; empty: the credential is good.
    /// Too many wrong credentials came from there, nothing was compared: a try is free again then.
    std::optional<std::chrono::seconds> retry;
};

/// Judges the credentials of requests. Every comparison of a secret takes the same time wherever it
/// differs, no answer tells a wrong name from a wrong secret, and whoever has been wrong too often
/// is refused before anything is compared (Guesses).
///
/// Thread-safety: all methods from any thread. Ownership: both arguments must outlive it.
class CredentialCheck {
public:
    /// `protection`: null for any number of guesses.
    CredentialCheck(const Settings& settings, Protection* protection)
        : settings_(settings), protection_(protection) {}

    /// All that can be judged without the body, so that a stranger cannot make the server read one:
    /// the shared secret, the media server's secret. A signed request passes. Call it once for a
    /// request: a wrong credential counts.
    Identity before_body(const HttpRequest& request, Access access) const;

    /// The signature (HMAC v1), when there is one; else `before`, which `before_body` gave.
    Identity with_body(const HttpRequest& request, Identity before, Access access,
                       Timestamp now) const;

private:
    Identity shared_secret(const HttpRequest& request) const;
    Identity media_secret(const HttpRequest& request) const;
    Identity may_sign(const HttpRequest& request) const;
    Identity signature(const HttpRequest& request, Timestamp now) const;

    const Settings& settings_;
    Protection* const protection_;
};

/// A signature as it is compared: hexadecimal digits in lower case.
std::string normal_signature(std::string_view signature);

/// When a request with this X-Timestamp is too old whoever signed it.
Timestamp stale_from(std::string_view timestamp);

/// Lower-case hex of HMAC-SHA256(secret, METHOD "\n" PATH "\n" TIMESTAMP "\n" BODY); PATH decoded
/// and without query.
std::string signature_v1(const Secret& secret, std::string_view method, std::string_view path,
                         std::string_view timestamp, std::string_view body);

}  // namespace rescuestream::server
