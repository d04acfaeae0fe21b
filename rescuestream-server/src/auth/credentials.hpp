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

/// The authenticated caller, or the reason why authentication failed.
struct Identity {
    std::string actor;
    std::string_view problem;  ///< One sentence; empty: the credential is valid.
    /// Set when too many wrong credentials came from the network and nothing was compared: the time
    /// until the next attempt is allowed.
    std::optional<std::chrono::seconds> retry;
};

/// Checks the credentials of requests. Secrets are compared in constant time, no response
/// distinguishes a wrong name from a wrong secret, and a network with too many wrong credentials is
/// refused before anything is compared (Guesses).
///
/// Thread-safety: all methods may be called from any thread. Ownership: both arguments must outlive
/// it.
class CredentialCheck {
public:
    /// `protection` is null for an unlimited number of guesses.
    CredentialCheck(const Settings& settings, Protection* protection)
        : settings_(settings), protection_(protection) {}

    /// Checks everything that does not need the body: the shared secret and the media server's
    /// secret. An unauthenticated caller can therefore not make the server read a body. A signed
    /// request passes. Call it once for each request, because a wrong credential is counted.
    Identity before_body(const HttpRequest& request, Access access) const;

    /// Checks the signature (HMAC v1), if there is one. Otherwise returns `before`, the result of
    /// `before_body`.
    Identity with_body(const HttpRequest& request, Identity before, Access access,
                       Timestamp now) const;

private:
    Identity shared_secret(const HttpRequest& request) const;
    Identity media_secret(const HttpRequest& request) const;
    bool is_media_secret(const HttpRequest& request, std::string_view given) const;
    Identity may_sign(const HttpRequest& request) const;
    Identity signature(const HttpRequest& request, Timestamp now) const;

    const Settings& settings_;
    Protection* const protection_;
};

/// Returns a signature in the form in which it is compared: hexadecimal digits in lower case.
std::string normal_signature(std::string_view signature);

/// Returns the time from which a request with this X-Timestamp is too old.
Timestamp stale_from(std::string_view timestamp);

/// Returns the lower-case hexadecimal HMAC-SHA256(secret, METHOD "
/// " PATH "
/// " TIMESTAMP "
/// " BODY). PATH is decoded and has no query.
std::string signature_v1(const Secret& secret, std::string_view method, std::string_view path,
                         std::string_view timestamp, std::string_view body);

}  // namespace rescuestream::server
