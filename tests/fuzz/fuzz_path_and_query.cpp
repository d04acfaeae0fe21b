// Paths, queries and addresses from outside; redaction removes every key value.
#include <fmt/format.h>

#include <string>

#include "fuzz/fuzz.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"
#include "support/redaction.hpp"
#include "support/text.hpp"
#include "support/url.hpp"

using namespace rescuestream;

namespace {

constexpr std::size_t kKeyLength = 46;

bool shows_key_value(std::string_view text) {
    for (auto at = text.find("sk_"); at != std::string_view::npos; at = text.find("sk_", at + 1)) {
        if (looks_like_key_value(text.substr(at, kKeyLength))) return true;
    }
    return false;
}

// Like shows_key_value, also after percent-decoding the text once and twice.
bool holds_encoded_key_value(std::string_view text) {
    if (shows_key_value(text)) return true;
    const auto decoded = percent_decode(text);
    return decoded && decoded->size() < text.size() && holds_encoded_key_value(*decoded);
}

// Percent-encodes every character, `layers` times.
std::string escape_all(std::string_view text, int layers) {
    std::string out(text);
    for (int layer = 0; layer < layers; ++layer) {
        std::string escaped;
        for (const char c : out) escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        out = std::move(escaped);
    }
    return out;
}

bool is_base64url(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

// Redacted only with a prefix, an escape, or forty characters of a key value in a row.
bool may_be_masked(std::string_view text) {
    std::size_t run = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        run = is_base64url(text[i]) ? run + 1 : 0;
        const bool is_prefix = text[i] == '_' && i >= 2 && (text[i - 1] | 0x20) == 'k';
        if (run >= 40 || text[i] == '%' || is_prefix) return true;
    }
    return false;
}

void check_redaction(const std::string& text) {
    const std::string shown = redact_key_values(text);
    FUZZ_CHECK(!holds_encoded_key_value(shown));
    FUZZ_CHECK(redact_key_values(shown) == shown);
    if (is_clean_utf8(text)) FUZZ_CHECK(is_clean_utf8(shown));
    // The text for people is one line, and still has no key value.
    const std::string printed = escape_unprintable(shown);
    FUZZ_CHECK(is_clean_utf8(printed) && !holds_encoded_key_value(printed));
    FUZZ_CHECK(escape_unprintable(printed) == printed);
    if (!may_be_masked(text)) FUZZ_CHECK(shown == text);
}

// A part of a key value, after a character that is no letter or digit.
void check_near_miss(const std::string& text, std::size_t at, const std::string& near) {
    std::string with_near = text;
    with_near.insert(at, " " + near + " ");
    FUZZ_CHECK(redact_key_values(with_near).find(near) == std::string::npos);
    FUZZ_CHECK(redact_key_values(redact_key_values(with_near)) == redact_key_values(with_near));
}

void check_query(std::string_view text) {
    std::string written;
    const auto members = parse_query(text);
    for (const auto& [name, value] : members) {
        if (!written.empty()) written += '&';
        written += percent_encode(name) + '=' + percent_encode(value);
    }
    FUZZ_CHECK(members.size() <= text.size());
    FUZZ_CHECK(parse_query(written) == members);
}

void check_url(std::string_view text) {
    const auto url = parse_http_url(text);
    if (!url) return;
    FUZZ_CHECK(!url->host.empty() && url->port != 0);
    FUZZ_CHECK(url->path.empty() || url->path.front() == '/');
    const auto again = parse_http_url(url->origin() + url->path);
    FUZZ_CHECK(again.has_value());
    FUZZ_CHECK(again->host == url->host && again->port == url->port && again->path == url->path);
    FUZZ_CHECK(again->user.empty() && again->password.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(fuzz::as_text(data, size));
    check_redaction(text);
    if (size > 0) {
        // A key value in the middle of the text, plain or encoded.
        const std::string key = "sk_0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcde";
        const std::string hidden = escape_all(key, data[0] % 4);
        std::string with_key = text;
        with_key.insert(data[size - 1] % (size + 1), hidden);
        check_redaction(with_key);
        FUZZ_CHECK(redact_key_values(with_key).find(hidden) == std::string::npos);
        FUZZ_CHECK(holds_key_value(with_key));
        const std::size_t at = data[size - 1] % (size + 1);
        for (const std::string& near :
             {key.substr(0, 45), key.substr(3), key.substr(0, 22) + "/" + key.substr(22)}) {
            check_near_miss(text, at, near);
        }
    }

    FUZZ_CHECK(percent_decode(percent_encode(text)) == text);
    FUZZ_CHECK(percent_decode(percent_encode(text), true) == text);
    check_query(text);
    check_url(text);

    if (is_valid_path_name(text)) {
        FUZZ_CHECK(!text.empty() && text.size() <= 255);
        FUZZ_CHECK(text.front() != '/' && text.back() != '/');
        FUZZ_CHECK(("/" + text + "/").find("/../") == std::string::npos);
        FUZZ_CHECK(percent_encode(text, "/") == text);
        FUZZ_CHECK(is_clean_utf8(text) && !has_control_character(text));
    }
    return 0;
}
