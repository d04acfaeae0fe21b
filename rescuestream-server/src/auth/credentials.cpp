#include "auth/credentials.hpp"

#include <algorithm>
#include <charconv>

#include "orchestrator/audit.hpp"
#include "router.hpp"
#include "support/crypto.hpp"
#include "support/ip_address.hpp"
#include "support/media_credential.hpp"
#include "support/text.hpp"

namespace rescuestream::server {
namespace {

constexpr std::chrono::seconds kMaxClockDifference{300};
constexpr std::size_t kMaxNameLength = 255;

constexpr std::string_view kMissing =
    "This route needs a credential: the secret in X-API-Key, or a signed request.";
constexpr std::string_view kWrong =
    "The credential is not valid: the secret in X-API-Key is wrong, or the signature does not fit "
    "the name, method, path, timestamp and body.";
constexpr std::string_view kMalformedTimestamp = "X-Timestamp must be a time in Unix seconds.";
constexpr std::string_view kStale =
    "X-Timestamp is more than 5 minutes away from this server's time. Check the clock.";
constexpr std::string_view kReserved =
    "The name in X-API-Key is one that the server's own audit entries use: sign with "
    "another.";
constexpr std::string_view kMediaMissing =
    "This route needs MEDIA_SECRET or the credential of the node, as HTTP Basic password or in "
    "X-Media-Secret.";
constexpr std::string_view kMediaFromElsewhere =
    "From this address (see MEDIA_ALLOW) this route needs the credential of the node, which "
    "`rescuestream-cli mediamtx config --node NAME` writes into MediaMTX's configuration.";
constexpr std::string_view kTooMany =
    "Too many different wrong credentials came from this address; this one was not checked.";

Identity refused(std::string_view problem) {
    return {{}, problem, std::nullopt};
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

// The name under which a signature is remembered. Each signature is different, so the signer's name
// represents it.
std::string name_of_signer(std::string_view name) {
    return "signed by " + std::string(name);
}

// Returns null when guesses at `secret` are not counted. A long secret cannot be found by guessing,
// and counting would let any user of this machine lock out its operator, who has the same address.
Guesses* counted(Guesses Protection::*guesses, Protection* protection, const Secret& secret,
                 std::string_view address) {
    constexpr std::size_t kBeyondGuessing = 32;
    if (protection == nullptr) return nullptr;
    const bool is_long = secret.reveal().size() >= kBeyondGuessing;
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

std::string signature_v1(const Secret& secret, std::string_view method, std::string_view path,
                         std::string_view timestamp, std::string_view body) {
    std::string message;
    message.reserve(method.size() + path.size() + timestamp.size() + body.size() + 3);
    message.append(method).append("\n").append(path).append("\n");
    message.append(timestamp).append("\n").append(body);
    return to_hex(hmac_sha256(secret.reveal(), message));
}

Identity CredentialCheck::shared_secret(const HttpRequest& request) const {
    const auto given = request.header("x-api-key");
    if (!given || given->empty()) return refused(kMissing);
    const Trial trial(
        counted(&Protection::secrets, protection_, settings_.api_secret, request.remote_address),
        request.remote_address, *given);
    if (const auto retry = trial.refusal()) return too_many(*retry);
    // An empty secret matches nothing, whatever the caller sends.
    const bool good = !settings_.api_secret.empty() && settings_.api_secret.equals(*given);
    trial.was(good);
    return good ? Identity{"api-secret", {}, std::nullopt} : refused(kWrong);
}

Identity CredentialCheck::media_secret(const HttpRequest& request) const {
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
    const Trial trial(
        counted(&Protection::media_secrets, protection_, settings_.media_secret, address), address,
        *given);
    if (const auto retry = trial.refusal()) return too_many(*retry);
    const bool good = is_media_secret(request, *given);
    trial.was(good);
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

    Guesses* const guesses =
        counted(&Protection::secrets, protection_, settings_.api_secret, request.remote_address);
    const Trial signer(guesses, request.remote_address, name_of_signer(*name));
    if (const auto retry = signer.refusal()) return too_many(*retry);
    const std::string expected =
        signature_v1(settings_.api_secret, request.method, request.path, *timestamp, request.body);
    const std::string lower = normal_signature(*given);
    // Both are always checked, so that a wrong name and a wrong secret look the same.
    const bool good_name = is_good_name(*name, settings_);
    const bool good_signature = constant_time_equal(expected, lower);
    if (good_name && good_signature) {
        signer.was(true);
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
            return request.has_header("x-signature") ? may_sign(request) : shared_secret(request);
    }
    return refused(kMissing);
}

// A client need not send a body that will not be read.
Identity CredentialCheck::may_sign(const HttpRequest& request) const {
    const Trial signer(
        counted(&Protection::secrets, protection_, settings_.api_secret, request.remote_address),
        request.remote_address, name_of_signer(request.header("x-api-key").value_or("")));
    const auto retry = signer.refusal();
    return retry ? too_many(*retry) : Identity{};
}

Identity CredentialCheck::with_body(const HttpRequest& request, Identity before, Access access,
                                    Timestamp now) const {
    const bool is_signed = access == Access::kCredential && request.has_header("x-signature");
    return is_signed ? signature(request, now) : std::move(before);
}

}  // namespace rescuestream::server
