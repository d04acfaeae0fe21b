#include "auth/credentials.hpp"

#include <algorithm>
#include <charconv>

#include "orchestrator/audit.hpp"
#include "rescuestream/api_credentials.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "router.hpp"
#include "support/ascii.hpp"
#include "support/crypto.hpp"
#include "support/ip_address.hpp"
#include "support/key_form.hpp"
#include "support/media_credential.hpp"
#include "support/text.hpp"

namespace rescuestream::server {
namespace {

constexpr std::chrono::seconds kMaxClockDifference{300};
constexpr std::size_t kMaxNameLength = 255;

constexpr std::string_view kMissing =
    "This route needs a credential: in Authorization (Bearer) or X-API-Key, or a signed request.";
constexpr std::string_view kNoBearer =
    "Authorization: Bearer takes a credential (rsc_...), which this is not. The shared secret is "
    "sent "
    "in X-API-Key, or signs the request.";
constexpr std::string_view kWrong =
    "The credential is not valid: the secret is wrong, or the signature does not fit the name, "
    "method, path, timestamp and body.";
constexpr std::string_view kTwo =
    "The request has two credentials, in Authorization and in X-API-Key: send one of them.";
constexpr std::string_view kRevoked = "The credential was revoked. Ask for another one.";
constexpr std::string_view kExpired = "The credential has expired. Ask for another one.";
constexpr std::string_view kElsewhere = "The credential must not be used from this address.";
constexpr std::string_view kNoSession =
    "The session has ended, or is not one of this installation: log in again.";
constexpr std::string_view kNoCsrfToken =
    "A change with a session needs its token in X-CSRF-Token (GET /whoami shows it).";
constexpr std::string_view kCannotCheck =
    "Credentials cannot be checked, because the database does not answer.";
constexpr std::string_view kMalformedTimestamp = "X-Timestamp must be a time in Unix seconds.";
constexpr std::string_view kStale =
    "X-Timestamp is more than 5 minutes away from this server's time. Check the clock.";
constexpr std::string_view kReserved =
    "The name in X-API-Key is one that the server's own audit entries use: sign with "
    "another.";
constexpr std::string_view kNoSharedSecret =
    "This server does not accept the shared secret (SHARED_SECRET=off): use a credential "
    "(rescuestream-cli credential add).";
constexpr std::string_view kVersion = "X-Signature-Version must be 1 or 2.";
constexpr std::string_view kNonce =
    "X-Nonce must be 16 to 128 characters of A-Z, a-z, 0-9, '-' and '_', and another one for each "
    "request.";
constexpr std::string_view kMediaMissing =
    "This route needs MEDIA_SECRET or the credential of the node, as HTTP Basic password or in "
    "X-Media-Secret.";
constexpr std::string_view kMediaFromElsewhere =
    "From this address (see MEDIA_ALLOW) this route needs the credential of the node, which "
    "`rescuestream-cli mediamtx config --node NAME` writes into MediaMTX's configuration.";
constexpr std::string_view kMediaFromPage =
    "This route is for media servers and their hooks. They send neither Origin nor Sec-Fetch-Site, "
    "which this request has: it comes from a page in a browser.";
constexpr std::string_view kTooMany =
    "Too many different wrong credentials came from this address; this one was not checked.";

Identity refused(std::string_view problem) {
    return {{}, problem, std::nullopt};
}

Identity identity_of(const CheckedCredential& checked) {
    switch (checked.outcome) {
        case CredentialCheckOutcome::kGood:
            return {checked.credential->actor(), {}, std::nullopt, {}, checked.credential};
        case CredentialCheckOutcome::kUnknown:
            return refused(kWrong);
        case CredentialCheckOutcome::kRevoked:
            return refused(kRevoked);
        case CredentialCheckOutcome::kExpired:
            return refused(kExpired);
        case CredentialCheckOutcome::kAddressNotAllowed:
            return {{}, kElsewhere, std::nullopt, RefusalKind::kForbidden};
        case CredentialCheckOutcome::kUnavailable:
            return {{}, kCannotCheck, std::nullopt, RefusalKind::kUnavailable};
    }
    return refused(kWrong);
}

std::optional<std::string_view> bearer_text(const HttpRequest& request) {
    constexpr std::string_view kBearer = "bearer ";
    const auto header = request.header("authorization");
    if (!header || header->size() <= kBearer.size()) return std::nullopt;
    for (std::size_t i = 0; i < kBearer.size(); ++i) {
        const char c = (*header)[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != kBearer[i]) {
            return std::nullopt;
        }
    }
    return header->substr(kBearer.size());
}

// Only a credential of ours: a proxy may add a header of its own.
std::optional<std::string_view> bearer_credential(const HttpRequest& request) {
    const auto text = bearer_text(request);
    return text && text->starts_with(kCredentialPrefix) ? text : std::nullopt;
}

Identity too_many(std::chrono::seconds retry) {
    return {{}, kTooMany, retry};
}

// Reads Unix seconds. Returns nothing when the text is not such a number.
std::optional<std::chrono::seconds> read_seconds(std::string_view text) {
    std::int64_t seconds = 0;
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc{} || parsed != end || seconds < 0) return std::nullopt;
    return std::chrono::seconds(seconds);
}

// The name under which a signature with the secret of the API is remembered. Each signature is
// different, so the signer's name represents it.
std::string name_of_signer(std::string_view name) {
    return "signed by " + std::string(name);
}

// The same for the signature of a credential. Its id may also be a name beside the secret of the
// API: that the credential was right must not let anybody go on with guesses at the secret.
std::string name_of_credential(std::string_view id) {
    return "signed by the credential " + std::string(id);
}

// Returns null when guesses at a secret of this size are not counted. A long secret cannot be found
// by guessing, and counting would let any user of this machine lock out its operator, who has the
// same address.
Guesses* counted(Guesses Protection::*guesses, Protection* protection, std::size_t secret_size,
                 std::string_view address) {
    if (protection == nullptr) return nullptr;
    const bool is_long = Guesses::kind_of(secret_size) == Guesses::Kind::kLong;
    return is_long && is_loopback_address(address) ? nullptr : &(protection->*guesses);
}

bool is_good_name(std::string_view name, const Settings& settings) {
    if (name.empty() || name.size() > kMaxNameLength || !is_clean_utf8(name) ||
        has_control_character(name)) {
        return false;
    }
    const auto& names = settings.api_key_names;
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

// A page that is open in a browser on a machine that needs no credential may send what it wants to
// this server, as long as it does not read the answer.
bool comes_from_page(const HttpRequest& request) {
    return request.has_header("origin") || request.has_header("sec-fetch-site");
}

// Returns the password of HTTP Basic, or nothing when the header is malformed.
std::optional<std::string> basic_password(std::string_view header) {
    constexpr std::string_view kBasic = "Basic ";
    if (!header.starts_with(kBasic)) return std::nullopt;
    auto credential = base64_decode(header.substr(kBasic.size()));
    const auto colon = credential ? credential->find(':') : std::string::npos;
    if (colon == std::string::npos) return std::nullopt;
    return credential->substr(colon + 1);
}

}  // namespace

std::string normal_signature(std::string_view signature) {
    std::string lower(signature);
    for (char& c : lower) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

Timestamp stale_from(std::string_view timestamp) {
    return Timestamp(read_seconds(timestamp).value_or(std::chrono::seconds(0))) +
           kMaxClockDifference + std::chrono::seconds(1);
}

std::optional<std::string_view> credential_text(const HttpRequest& request) {
    if (request.has_header("x-signature")) return std::nullopt;
    if (const auto bearer = bearer_credential(request)) return bearer;
    return request.header("x-api-key");
}

std::optional<std::string_view> session_token(const HttpRequest& request) {
    std::optional<std::string_view> found;
    for (std::string_view rest = request.header("cookie").value_or(""); !rest.empty();) {
        const auto end = std::min(rest.find(';'), rest.size());
        std::string_view cookie = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (cookie.starts_with(' ')) cookie.remove_prefix(1);
        if (!cookie.starts_with(kSessionCookie)) continue;
        cookie.remove_prefix(kSessionCookie.size());
        if (!cookie.starts_with('=')) continue;
        if (found) return std::nullopt;
        found = cookie.substr(1);
    }
    return found;
}

std::string_view signature_version(const HttpRequest& request) {
    return request.has_header("x-signature-version")
               ? request.header("x-signature-version").value_or("")
               : "1";
}

bool is_good_nonce(std::string_view nonce) {
    return nonce.size() >= 16 && nonce.size() <= 128 &&
           std::all_of(nonce.begin(), nonce.end(), is_base64url);
}

std::string signature_v2(const Secret& secret, const HttpRequest& request,
                         std::string_view timestamp, std::string_view nonce) {
    std::string message = "v2\n";
    message.append(request.method).append("\n").append(request.encoded_path()).append("\n");
    message.append(request.query).append("\n").append(to_hex(sha256(request.body))).append("\n");
    message.append(timestamp).append("\n").append(nonce);
    return to_hex(hmac_sha256(secret.reveal(), message));
}

std::string signature_v1(const Secret& secret, std::string_view method, std::string_view path,
                         std::string_view timestamp, std::string_view body) {
    std::string message;
    message.reserve(method.size() + path.size() + timestamp.size() + body.size() + 3);
    message.append(method).append("\n").append(path).append("\n");
    message.append(timestamp).append("\n").append(body);
    return to_hex(hmac_sha256(secret.reveal(), message));
}

Identity CredentialCheck::secret(const HttpRequest& request) const {
    const auto bearer = bearer_credential(request);
    if (bearer) {
        return request.has_header("x-api-key") ? refused(kTwo) : credential(request, *bearer);
    }
    const auto given = request.header("x-api-key");
    if (!request.has_header("x-api-key")) {
        if (const auto token = session_token(request)) return session(request, *token);
    }
    return given && given->starts_with(kCredentialPrefix) ? credential(request, *given)
                                                          : shared_secret(request);
}

// A page of another site cannot read the token, so it cannot make a browser send a change.
Identity CredentialCheck::session(const HttpRequest& request, std::string_view token) const {
    const Trial trial(
        counted(&Protection::secrets, protection_, token.size(), request.remote_address),
        request.remote_address, token);
    if (const auto retry = trial.refusal()) return too_many(*retry);
    const auto checked = orchestrator_.check_session(
        token, request.remote_address, settings_.shared_secret ? settings_.api_secret : Secret());
    if (checked.outcome == CredentialCheckOutcome::kUnknown) {
        trial.was(false);
        return refused(kNoSession);
    }
    if (checked.outcome != CredentialCheckOutcome::kGood) return identity_of(checked);
    trial.was(true);
    const bool is_change = request.method != "GET" && request.method != "HEAD";
    if (is_change && !checked.csrf_token.equals(request.header("x-csrf-token").value_or(""))) {
        return {{}, kNoCsrfToken, std::nullopt, RefusalKind::kForbidden};
    }
    return {checked.credential ? checked.credential->actor() : "api-secret",
            {},
            std::nullopt,
            {},
            checked.credential,
            checked.csrf_token.reveal()};
}

Identity CredentialCheck::credential(const HttpRequest& request, std::string_view text) const {
    const Trial trial(
        counted(&Protection::secrets, protection_, text.size(), request.remote_address),
        request.remote_address, text);
    if (const auto retry = trial.refusal()) return too_many(*retry);
    const auto checked = orchestrator_.check_credential(text, request.remote_address);
    if (checked.outcome == CredentialCheckOutcome::kUnknown) trial.was(false);
    if (checked.outcome == CredentialCheckOutcome::kGood) trial.was(true);
    return identity_of(checked);
}

Identity CredentialCheck::shared_secret(const HttpRequest& request) const {
    const auto given = request.header("x-api-key");
    if (!given || given->empty()) {
        return refused(bearer_text(request) ? kNoBearer : kMissing);
    }
    if (!settings_.shared_secret) return refused(kNoSharedSecret);
    const Trial trial(counted(&Protection::secrets, protection_,
                              settings_.api_secret.reveal().size(), request.remote_address),
                      request.remote_address, *given);
    if (const auto retry = trial.refusal()) return too_many(*retry);
    // An empty secret matches nothing, whatever the caller sends.
    const bool good = !settings_.api_secret.empty() && settings_.api_secret.equals(*given);
    trial.was(good, Guesses::kind_of(given->size()));
    return good ? Identity{"api-secret", {}, std::nullopt} : refused(kWrong);
}

Identity CredentialCheck::media_secret(const HttpRequest& request) const {
    if (comes_from_page(request)) {
        return {{}, kMediaFromPage, std::nullopt, RefusalKind::kForbidden};
    }
    const bool is_optional = settings_.media_secret.empty();
    const std::string& address = request.remote_address;
    // "" is a peer on a Unix socket.
    const bool is_allowed = is_optional && (address.empty() || is_loopback_address(address) ||
                                            is_in(settings_.media_allow, address));
    if (is_allowed) return {"media-server", {}, std::nullopt};
    const std::string_view problem = is_optional ? kMediaFromElsewhere : kMediaMissing;
    std::optional<std::string> given;
    if (const auto secret = request.header("x-media-secret")) {
        given = *secret;
    } else if (const auto header = request.header("authorization")) {
        given = basic_password(*header);
    }
    if (!given) return refused(problem);
    const Trial trial(counted(&Protection::media_secrets, protection_,
                              settings_.media_secret.reveal().size(), address),
                      address, *given);
    if (const auto retry = trial.refusal()) return too_many(*retry);
    const bool good = is_media_secret(request, *given);
    // No program on the machine of MediaMTX can keep it from being answered.
    trial.was(good, is_loopback_address(address) ? Guesses::Kind::kLong
                                                 : Guesses::kind_of(given->size()));
    return good ? Identity{"media-server", {}, std::nullopt} : refused(problem);
}

bool CredentialCheck::is_media_secret(const HttpRequest& request, std::string_view given) const {
    if (!settings_.media_secret.empty() && settings_.media_secret.equals(given)) return true;
    const auto node = node_of_media_secret(settings_.orchestrator.control_secret, given);
    if (!node) return false;
    // A report of a hook is about a path; a question is that of one node.
    if (!request.path.starts_with("/auth")) return true;
    const auto& segments = request.path_segments;
    return *node == (segments.empty() ? settings_.orchestrator.node : segments.front());
}

std::optional<Identity> CredentialCheck::credential_signature(const HttpRequest& request,
                                                              std::string_view name,
                                                              std::string_view timestamp,
                                                              std::string_view given) const {
    const auto checked = orchestrator_.check_credential_signature(
        name, request.remote_address, [&](const Secret& secret) {
            const std::string expected =
                signature_version(request) == "2"
                    ? signature_v2(secret, request, timestamp, *request.header("x-nonce"))
                    : signature_v1(secret, request.method, request.path, timestamp, request.body);
            return constant_time_equal(expected, given);
        });
    if (checked.outcome == CredentialCheckOutcome::kUnknown) return std::nullopt;
    return identity_of(checked);
}

Identity CredentialCheck::signature(const HttpRequest& request, Timestamp now) const {
    const auto name = request.header("x-api-key");
    const auto timestamp = request.header("x-timestamp");
    const auto given = request.header("x-signature");
    if (!name || !timestamp || !given || settings_.api_secret.empty()) return refused(kMissing);

    const auto signed_at = read_seconds(*timestamp);
    if (!signed_at) return refused(kMalformedTimestamp);
    const auto here = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
    const auto difference = *signed_at > here ? *signed_at - here : here - *signed_at;
    if (difference > kMaxClockDifference) return refused(kStale);
    if (is_reserved_actor(*name)) return refused(kReserved);
    const auto version = signature_version(request);
    if (version != "1" && version != "2") return refused(kVersion);
    if (version == "2" && !is_good_nonce(request.header("x-nonce").value_or(""))) {
        return refused(kNonce);
    }

    Guesses* const guesses = counted(&Protection::secrets, protection_,
                                     settings_.api_secret.reveal().size(), request.remote_address);
    const std::string lower = normal_signature(*given);
    if (ApiCredentialId::parse(*name)) {
        const Trial own(guesses, request.remote_address, name_of_credential(*name));
        auto identity =
            own.refusal() ? std::nullopt : credential_signature(request, *name, *timestamp, lower);
        if (identity) {
            if (identity->credential) own.was(true);
            return *std::move(identity);
        }
    }
    const Trial signer(guesses, request.remote_address, name_of_signer(*name));
    if (const auto retry = signer.refusal()) return too_many(*retry);
    const std::string expected =
        signature_v1(settings_.api_secret, request.method, request.path, *timestamp, request.body);
    // Both are always checked, so that a wrong name and a wrong secret look the same. Version 2 is
    // only for credentials.
    const bool good_name =
        is_good_name(*name, settings_) && settings_.shared_secret && version == "1";
    const bool good_signature = constant_time_equal(expected, lower);
    if (good_name && good_signature) {
        signer.was(true, Guesses::kind_of(settings_.api_secret.reveal().size()));
        return {std::string(*name), {}, std::nullopt};
    }
    // Each wrong signature counts as a guess. From a network where this name was right recently it
    // must be compared even beyond the limit; its sender is then told no more than any other
    // caller.
    const Trial guess(guesses, request.remote_address,
                      std::string(*name).append("\n").append(lower));
    if (const auto retry = guess.refusal()) return too_many(*retry);
    guess.was(false);
    return refused(kWrong);
}

Identity CredentialCheck::before_body(const HttpRequest& request, Access access) const {
    switch (access) {
        case Access::kPublic:
            return {};
        case Access::kMedia:
            return media_secret(request);
        case Access::kCredential:
            // A signature covers the body, so it is checked when the body has arrived.
            return request.has_header("x-signature") ? may_sign(request) : secret(request);
    }
    return refused(kMissing);
}

// A client need not send a body that will not be read.
Identity CredentialCheck::may_sign(const HttpRequest& request) const {
    Guesses* const guesses = counted(&Protection::secrets, protection_,
                                     settings_.api_secret.reveal().size(), request.remote_address);
    const std::string name(request.header("x-api-key").value_or(""));
    const Trial own(guesses, request.remote_address, name_of_credential(name));
    if (ApiCredentialId::parse(name) && !own.refusal()) return {};
    const Trial signer(guesses, request.remote_address, name_of_signer(name));
    const auto retry = signer.refusal();
    return retry ? too_many(*retry) : Identity{};
}

Identity CredentialCheck::with_body(const HttpRequest& request, Identity before, Access access,
                                    Timestamp now) const {
    const bool is_signed = access == Access::kCredential && request.has_header("x-signature");
    return is_signed ? signature(request, now) : std::move(before);
}

}  // namespace rescuestream::server
