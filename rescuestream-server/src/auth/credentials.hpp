#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "protection.hpp"
#include "rescuestream/time.hpp"
#include "settings/settings.hpp"

namespace rescuestream {
class StreamOrchestrator;
struct ApiCredential;
}  // namespace rescuestream

namespace rescuestream::server {

enum class Access;

/// What a caller is told who is refused.
enum class RefusalKind {
    kUnauthorized,
    kForbidden,    ///< The credential is known.
    kUnavailable,  ///< It cannot be checked at present.
};

/// The authenticated caller, or the reason why authentication failed.
struct Identity {
    std::string actor;
    std::string_view problem;  ///< One sentence; empty: the credential is valid.
    /// Set when too many wrong credentials came from the network and nothing was compared: the time
    /// until the next attempt is allowed.
    std::optional<std::chrono::seconds> retry;
    RefusalKind kind = RefusalKind::kUnauthorized;
    /// Null: the caller has the rights of the shared secret, or is a media server.
    std::shared_ptr<const ApiCredential> credential = nullptr;
    std::string csrf_token = {};  ///< Of the session that it was authenticated by.
};

/// Returns the text of the credential in Authorization or X-API-Key, which may be the shared
/// secret. Returns nothing for a request that is signed or has a session.
std::optional<std::string_view> credential_text(const HttpRequest& request);

/// The cookie of a session.
inline constexpr std::string_view kSessionCookie = "rescuestream_session";
/// Returns the token of the request's session. Returns nothing if there is no such cookie, or two.
std::optional<std::string_view> session_token(const HttpRequest& request);

/// Checks the credentials of requests. Secrets are compared in constant time, no response
/// distinguishes a wrong name from a wrong secret, and a network with too many wrong credentials is
/// refused before anything is compared (Guesses).
///
/// Thread-safety: all methods may be called from any thread. Ownership: the arguments must outlive
/// it.
class CredentialCheck {
public:
    /// `protection` is null for an unlimited number of guesses.
    CredentialCheck(const Settings& settings, Protection* protection,
                    StreamOrchestrator& orchestrator)
        : settings_(settings), protection_(protection), orchestrator_(orchestrator) {}

    /// Checks everything that does not need the body: the shared secret, a credential
    /// (`rsc_<id>_<secret>`) in Authorization or X-API-Key, and the media server's secret. An
    /// unauthenticated caller can therefore not make the server read a body. A signed request
    /// passes. Call it once for each request, because a wrong credential is counted.
    Identity before_body(const HttpRequest& request, Access access) const;

    /// Checks the signature (HMAC v1), if there is one. Otherwise returns `before`, the result of
    /// `before_body`.
    Identity with_body(const HttpRequest& request, Identity before, Access access,
                       Timestamp now) const;

private:
    Identity secret(const HttpRequest& request) const;
    Identity credential(const HttpRequest& request, std::string_view text) const;
    Identity session(const HttpRequest& request, std::string_view token) const;
    Identity shared_secret(const HttpRequest& request) const;
    Identity media_secret(const HttpRequest& request) const;
    bool is_media_secret(const HttpRequest& request, std::string_view given) const;
    Identity may_sign(const HttpRequest& request) const;
    Identity signature(const HttpRequest& request, Timestamp now) const;
    // Returns nothing if the name is no id of a credential, or the secret is not that of it.
    std::optional<Identity> credential_signature(const HttpRequest& request, std::string_view name,
                                                 std::string_view timestamp,
                                                 std::string_view given) const;

    const Settings& settings_;
    Protection* const protection_;
    StreamOrchestrator& orchestrator_;
};

/// Returns the value of X-Signature-Version; "1" if there is none.
std::string_view signature_version(const HttpRequest& request);

/// Returns the lower-case hexadecimal HMAC-SHA256 of seven lines, joined by line feeds: `v2`,
/// METHOD, PATH and QUERY as they are sent, the hexadecimal SHA-256 of the body, X-Timestamp and
/// X-Nonce.
std::string signature_v2(const Secret& secret, const HttpRequest& request,
                         std::string_view timestamp, std::string_view nonce);

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
