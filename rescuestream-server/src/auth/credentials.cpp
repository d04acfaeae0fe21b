#include "auth/credentials.hpp"

#include <algorithm>
#include <charconv>

#include "support/crypto.hpp"
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
constexpr std::string_view kMediaMissing =
    "This route needs MEDIA_SECRET, as HTTP Basic password or in X-Media-Secret.";

Identity refused(std::string_view problem) {
    return {{}, problem};
}

bool is_good_name(std::string_view name, const Settings& settings) {
    if (name.empty() || name.size() > kMaxNameLength || !is_clean_utf8(name) ||
        has_control_character(name)) {
        return false;
    }
    const auto& names = settings.api_key_names;
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

Identity check_signature(const HttpRequest& request, const Settings& settings, Timestamp now) {
    const auto name = request.header("x-api-key");
    const auto timestamp = request.header("x-timestamp");
    const auto signature = request.header("x-signature");
    if (!name || !timestamp || !signature || settings.api_secret.empty()) return refused(kMissing);

    std::int64_t seconds = 0;
    const char* end = timestamp->data() + timestamp->size();
    const auto [parsed, error] = std::from_chars(timestamp->data(), end, seconds);
    if (error != std::errc{} || parsed != end || seconds < 0) return refused(kMalformedTimestamp);
    const auto here =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    const std::int64_t difference = seconds > here ? seconds - here : here - seconds;
    if (difference > kMaxClockDifference.count()) return refused(kStale);

    const std::string expected =
        signature_v1(settings.api_secret, request.method, request.path, *timestamp, request.body);
    std::string given(*signature);
    for (char& c : given) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    // Both are always judged: a wrong name and a wrong secret look the same.
    const bool good_name = is_good_name(*name, settings);
    const bool good_signature = constant_time_equal(expected, given);
    if (!good_name || !good_signature) return refused(kWrong);
    return {std::string(*name), {}};
}

Identity check_shared_secret(const HttpRequest& request, const Settings& settings) {
    const auto secret = request.header("x-api-key");
    if (!secret) return refused(kMissing);
    // An empty secret opens nothing, whatever the caller sends.
    if (settings.api_secret.empty() || !settings.api_secret.equals(*secret)) return refused(kWrong);
    return {"api-secret", {}};
}

Identity check_media(const HttpRequest& request, const Settings& settings) {
    const Identity media_server{"media-server", {}};
    if (settings.media_secret.empty()) return media_server;
    if (const auto secret = request.header("x-media-secret")) {
        return settings.media_secret.equals(*secret) ? media_server : refused(kMediaMissing);
    }
    constexpr std::string_view kBasic = "Basic ";
    const auto header = request.header("authorization");
    if (!header || !header->starts_with(kBasic)) return refused(kMediaMissing);
    const auto credential = base64_decode(header->substr(kBasic.size()));
    const auto colon = credential ? credential->find(':') : std::string::npos;
    if (colon == std::string::npos) return refused(kMediaMissing);
    const bool good = settings.media_secret.equals(std::string_view(*credential).substr(colon + 1));
    return good ? media_server : refused(kMediaMissing);
}

}  // namespace

std::string signature_v1(const Secret& secret, std::string_view method, std::string_view path,
                         std::string_view timestamp, std::string_view body) {
    std::string message;
    message.reserve(method.size() + path.size() + timestamp.size() + body.size() + 3);
    message.append(method).append("\n").append(path).append("\n");
    message.append(timestamp).append("\n").append(body);
    return to_hex(hmac_sha256(secret.reveal(), message));
}

Identity check_before_body(const HttpRequest& request, Access access, const Settings& settings) {
    switch (access) {
        case Access::kPublic:
            return {};
        case Access::kMedia:
            return check_media(request, settings);
        case Access::kAdmin:
            // A signature covers the body: it is judged when that is there.
            return request.has_header("x-signature") ? Identity{}
                                                     : check_shared_secret(request, settings);
    }
    return refused(kMissing);
}

Identity check_with_body(const HttpRequest& request, Identity before, Access access,
                         const Settings& settings, Timestamp now) {
    const bool is_signed = access == Access::kAdmin && request.has_header("x-signature");
    return is_signed ? check_signature(request, settings, now) : std::move(before);
}

}  // namespace rescuestream::server
