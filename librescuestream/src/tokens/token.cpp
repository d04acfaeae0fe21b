#include "tokens/token.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "json/document.hpp"
#include "json/object.hpp"
#include "json/values.hpp"
#include "support/crypto.hpp"
#include "support/key_form.hpp"
#include "support/text.hpp"

namespace rescuestream::tokens {
namespace {

constexpr std::size_t kMaxText = 255;

bool is_url_character(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

bool has_url_alphabet(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_url_character);
}

// A claim that is not as it must be ends the reading of the token.
[[noreturn]] void refuse(const char* name) {
    json::read::fail(name, "is not as it must be");
}

std::string bounded_text(const rapidjson::Value& json, const char* name) {
    std::string text = json::read::text(json, name);
    if (text.empty() || text.size() > kMaxText || has_control_character(text)) refuse(name);
    return text;
}

std::optional<Timestamp> time_claim(const rapidjson::Value& json, const char* name) {
    // The years 1970 to 9999: no time stamp can overflow.
    constexpr std::int64_t kLast = 253'402'300'799;
    const auto seconds = json::read::optional_integer(json, name);
    if (!seconds) return std::nullopt;
    if (*seconds < 0 || *seconds > kLast) refuse(name);
    return Timestamp(std::chrono::seconds(*seconds));
}

std::vector<std::string> text_list(const rapidjson::Value& json, const char* name,
                                   std::size_t most) {
    auto texts = json::read::texts(json, name);
    if (texts.empty() || texts.size() > most) refuse(name);
    return texts;
}

bool has_audience(const rapidjson::Value& json) {
    const auto* audience = json::read::find(json, "aud");
    if (audience == nullptr) return false;
    if (!audience->IsArray()) return json::read::text(json, "aud") == kPlaybackAudience;
    const auto all = text_list(json, "aud", kMaxTokenRanges);
    return std::find(all.begin(), all.end(), kPlaybackAudience) != all.end();
}

PlaybackGrant grant_of(const rapidjson::Value& json) {
    PlaybackGrant grant;
    if (!has_audience(json)) refuse("aud");
    grant.id = bounded_text(json, "jti");
    grant.issuer = bounded_text(json, "iss");
    grant.paths = text_list(json, "paths", kMaxTokenPaths);
    for (const auto& path : grant.paths) {
        if (!is_valid_path_name(path)) refuse("paths");
    }
    if (json::read::find(json, "sub") != nullptr) grant.viewer_id = bounded_text(json, "sub");
    if (json::read::find(json, "owner") != nullptr) grant.owner = bounded_text(json, "owner");
    if (json::read::find(json, "ip") != nullptr) {
        for (const auto& text : text_list(json, "ip", kMaxTokenRanges)) {
            auto range = AddressRange::parse(text);
            if (!range) refuse("ip");
            grant.addresses.push_back(*range);
        }
    }
    if (json::read::find(json, "protocols") != nullptr) {
        for (const auto& text : text_list(json, "protocols", 8)) {
            const auto protocol = parse_enum<Protocol>(text);
            if (!protocol || *protocol == Protocol::kUnknown) refuse("protocols");
            grant.protocols.push_back(*protocol);
        }
    }
    grant.max_sessions = json::read::optional_integer(json, "max_sessions");
    if (grant.max_sessions &&
        (*grant.max_sessions < 1 || *grant.max_sessions > kMaxTokenSessions)) {
        refuse("max_sessions");
    }
    grant.owner_sessions = json::read::optional_integer(json, "owner_sessions");
    if (grant.owner_sessions && (grant.owner.empty() || *grant.owner_sessions < 1 ||
                                 *grant.owner_sessions > kMaxTokenSessions)) {
        refuse("owner_sessions");
    }
    grant.issued_at = time_claim(json, "iat");
    grant.not_before = time_claim(json, "nbf");
    const auto expires_at = time_claim(json, "exp");
    if (!expires_at) refuse("exp");
    grant.expires_at = *expires_at;
    if (grant.issued_at && grant.expires_at > *grant.issued_at + kLongestTokenLife) refuse("exp");
    return grant;
}

// Parses a JSON object, with all checks of untrusted text, and reads it.
template <class T, class Read>
std::optional<T> read_object(std::string_view text, Read read) {
    const auto json = json::parse(text, {.max_bytes = kMaxTokenLength, .max_depth = 8});
    if (!json || !json->IsObject()) return std::nullopt;
    try {
        return read(*json);
    } catch (const json::BadValue&) {
        return std::nullopt;
    }
}

bool read_head(std::string_view text, ReadToken& token) {
    return read_object<bool>(text,
                             [&](const rapidjson::Value& json) {
                                 token.key_id = json::read::text(json, "kid");
                                 token.algorithm = json::read::text(json, "alg");
                                 // An extension that must be understood (RFC 7515 section 4.1.11):
                                 // none is.
                                 return !json.HasMember("crit") && is_key_id(token.key_id);
                             })
        .value_or(false);
}

std::string encoded(std::string_view text) {
    return base64url_encode(
        std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

std::int64_t seconds_of(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

template <class Items, class TextOf>
void write_texts(json::Writer& writer, const char* name, const Items& items, TextOf text_of) {
    if (items.empty()) return;
    writer.Key(name);
    writer.StartArray();
    for (const auto& item : items) json::write(writer, text_of(item));
    writer.EndArray();
}

}  // namespace

bool is_key_id(std::string_view text) noexcept {
    return text.size() <= 64 && has_url_alphabet(text);
}

bool looks_like_short_token(std::string_view text) noexcept {
    return text.size() == kShortTokenPrefix.size() + kShortTokenTailLength &&
           text.starts_with(kShortTokenPrefix) &&
           has_url_alphabet(text.substr(kShortTokenPrefix.size()));
}

bool looks_like_token(std::string_view text) noexcept {
    // An outline of an attempt, so that a damaged token is refused and not ignored.
    return text.starts_with(kShortTokenPrefix) || text.starts_with("ey") ||
           std::count(text.begin(), text.end(), '.') == 2;
}

Secret make_short_token(RandomSource& random) {
    std::array<std::uint8_t, kShortTokenTailLength / 4 * 3> bytes{};
    random.fill(bytes);
    return Secret(std::string(kShortTokenPrefix) + base64url_encode(bytes));
}

std::optional<PlaybackGrant> read_claims(std::string_view json) {
    return read_object<PlaybackGrant>(json, grant_of);
}

std::optional<ReadToken> read_token(std::string_view text) {
    if (text.size() > kMaxTokenLength) return std::nullopt;
    const auto first = text.find('.');
    const auto last = text.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    const auto head = base64url_decode(text.substr(0, first));
    const auto claims = base64url_decode(text.substr(first + 1, last - first - 1));
    auto signature = base64url_decode(text.substr(last + 1));
    ReadToken token;
    if (!head || !claims || !signature || !read_head(*head, token)) return std::nullopt;
    auto grant = read_claims(*claims);
    if (!grant) return std::nullopt;
    token.grant = *std::move(grant);
    token.grant.key_id = token.key_id;
    token.signed_part = text.substr(0, last);
    token.signature = *std::move(signature);
    return token;
}

std::string write_claims(const PlaybackGrant& grant) {
    const auto same = [](const std::string& text) -> const std::string& { return text; };
    return json::object([&](json::Writer& writer) {
        json::member(writer, "iss", grant.issuer);
        json::member(writer, "aud", kPlaybackAudience);
        json::member(writer, "jti", grant.id);
        write_texts(writer, "paths", grant.paths, same);
        json::optional_member(writer, "sub", grant.viewer_id);
        if (!grant.owner.empty()) json::member(writer, "owner", grant.owner);
        write_texts(writer, "ip", grant.addresses,
                    [](const AddressRange& range) { return range.text(); });
        write_texts(writer, "protocols", grant.protocols,
                    [](Protocol protocol) { return to_string(protocol); });
        if (grant.max_sessions) json::integer_member(writer, "max_sessions", *grant.max_sessions);
        if (grant.owner_sessions) {
            json::integer_member(writer, "owner_sessions", *grant.owner_sessions);
        }
        if (grant.issued_at) json::integer_member(writer, "iat", seconds_of(*grant.issued_at));
        if (grant.not_before) json::integer_member(writer, "nbf", seconds_of(*grant.not_before));
        json::integer_member(writer, "exp", seconds_of(grant.expires_at));
    });
}

std::string signed_part(std::string_view key_id, const PlaybackGrant& grant) {
    const std::string head = json::object([&](json::Writer& writer) {
        json::member(writer, "alg", to_string(TokenAlgorithm::kEs256));
        json::member(writer, "typ", "JWT");
        json::member(writer, "kid", key_id);
    });
    return encoded(head) + "." + encoded(write_claims(grant));
}

}  // namespace rescuestream::tokens
