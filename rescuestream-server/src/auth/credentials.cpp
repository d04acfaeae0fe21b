#include "auth/credentials.hpp"

#include <algorithm>
#include <charconv>

#include "support/crypto.hpp"
#include "support/text.hpp"

namespace rescuestream::server {
namespace {

constexpr std::int64_t kMaxClockDifference = 300;  // seconds
constexpr std::size_t kMaxNameLength = 255;

bool is_fresh(std::string_view timestamp, Timestamp now) {
    std::int64_t seconds = 0;
    const char* end = timestamp.data() + timestamp.size();
    const auto [parsed, error] = std::from_chars(timestamp.data(), end, seconds);
    if (error != std::errc{} || parsed != end) return false;
    const std::int64_t now_seconds =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    return seconds >= now_seconds - kMaxClockDifference &&
           seconds <= now_seconds + kMaxClockDifference;
}

bool may_sign(std::string_view name, const Settings& settings) {
    if (name.empty() || name.size() > kMaxNameLength || !is_clean_utf8(name) ||
        has_control_character(name)) {
        return false;
    }
    const auto& names = settings.api_key_names;
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::optional<std::string> authenticate_admin(const HttpRequest& request, const Settings& settings,
                                              Timestamp now) {
    const auto key = request.header("X-API-Key");
    if (!key) return std::nullopt;
    const auto signature = request.header("X-Signature");
    if (!signature) {
        return settings.api_secret.equals(*key) ? std::optional<std::string>("admin")
                                                : std::nullopt;
    }
    const auto timestamp = request.header("X-Timestamp");
    if (!timestamp || !is_fresh(*timestamp, now) || !may_sign(*key, settings)) return std::nullopt;

    std::string signed_text = request.method;
    signed_text += '\n';
    signed_text += request.path;
    signed_text += '\n';
    signed_text += *timestamp;
    signed_text += '\n';
    signed_text += request.body;
    const auto expected = hmac_sha256(settings.api_secret.reveal(), signed_text);
    const auto given = from_hex(*signature);
    const std::string_view expected_bytes(reinterpret_cast<const char*>(expected.data()),
                                          expected.size());
    if (!given || !constant_time_equal(*given, expected_bytes)) return std::nullopt;
    return std::string(*key);
}

bool authenticate_media(const HttpRequest& request, const Settings& settings) {
    if (settings.media_secret.empty()) return true;
    if (const auto secret = request.header("X-Media-Secret")) {
        return settings.media_secret.equals(*secret);
    }
    const auto header = request.header("Authorization");
    constexpr std::string_view kBasic = "Basic ";
    if (!header || !header->starts_with(kBasic)) return false;
    const auto decoded = base64_decode(header->substr(kBasic.size()));
    if (!decoded) return false;
    const auto colon = decoded->find(':');
    return colon != std::string::npos && settings.media_secret.equals(decoded->substr(colon + 1));
}

}  // namespace rescuestream::server
