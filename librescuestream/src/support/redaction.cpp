#include "support/redaction.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/secret.hpp"
#include "support/ascii.hpp"
#include "support/crypto.hpp"
#include "support/key_form.hpp"

namespace rescuestream {
namespace {

constexpr auto kNone = std::string_view::npos;
// With this number of characters of a key value, a text is nearly a key value: with the prefix the
// characters need not be adjacent, without it they must be one run.
constexpr std::size_t kNearTail = 32;
constexpr std::size_t kNearRun = 40;
// A longer part of a run is not a word.
constexpr std::size_t kLongestWord = 24;

// With this number of characters after its prefix a text is nearly a short token.
constexpr std::size_t kNearShortToken = 16;

constexpr std::string_view kMask = "sk_***";
constexpr std::string_view kShortTokenMask = "rsp_***";
constexpr std::string_view kRunMask = "***";

// Characters that occur in a key value when it is written in another base64 alphabet or split into
// segments.
bool is_near_base64url(char c) noexcept {
    return is_base64url(c) || c == '/' || c == '+' || c == '.' || c == '=';
}

/// A text with its percent-encoding decoded repeatedly until no escape is left, so that it contains
/// everything that a partial decoding could reveal.
struct Undone {
    std::string text;
    std::vector<std::size_t> begins;  ///< Where each character was in the source; then its end.
};

std::optional<char> escape_at_end(std::string_view text) {
    if (text.size() < 3 || text[text.size() - 3] != '%') return std::nullopt;
    const auto byte = from_hex(text.substr(text.size() - 2));
    return byte ? std::optional<char>(byte->front()) : std::nullopt;
}

// Each escape removes two characters, so the time is linear however they are nested.
Undone undo_escapes(std::string_view source) {
    Undone out;
    out.text.reserve(source.size());
    out.begins.reserve(source.size() + 1);
    for (std::size_t at = 0; at < source.size(); ++at) {
        out.text += source[at];
        out.begins.push_back(at);
        while (const auto undone = escape_at_end(out.text)) {
            out.text.resize(out.text.size() - 2);
            out.text.back() = *undone;
            out.begins.resize(out.text.size());
        }
    }
    out.begins.push_back(source.size());
    return out;
}

// A part of a text and its replacement.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string_view mask;
};

std::size_t run_end(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && is_base64url(text[at])) ++at;
    return at;
}

bool begins_in_any_case(std::string_view text, std::string_view prefix) noexcept {
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(), [](char wanted, char c) {
               return c == wanted || (wanted != '_' && (c | 0x20) == wanted);
           });
}

// How a kind of secret begins, and how many characters follow at least.
struct Form {
    std::string_view prefix;
    std::size_t tail = 0;
    bool has_dots = false;
};

constexpr Form kKeyForm{kKeyPrefix, kKeyTailLength};
constexpr std::array kSecretForms{kKeyForm, Form{kShortTokenPrefix, kShortTokenTailLength},
                                  Form{kCredentialPrefix, kCredentialTailLength},
                                  Form{kMediaSecretPrefix, kMediaSecretTailLength, true}};

// If a secret of this form begins at `at`, returns the end of its run.
std::optional<std::size_t> form_at(const Form& form, std::string_view text,
                                   std::size_t at) noexcept {
    if (!text.substr(at).starts_with(form.prefix)) return std::nullopt;
    const std::size_t begin = at + form.prefix.size();
    std::size_t end = run_end(text, begin);
    while (form.has_dots && end < text.size() && text[end] == '.') end = run_end(text, end + 1);
    return end - begin >= form.tail ? std::optional(end) : std::nullopt;
}

std::optional<std::size_t> key_value_at(std::string_view text, std::size_t at) noexcept {
    return form_at(kKeyForm, text, at);
}

// What a copied text may have inside without being seen: blanks, and characters without a width.
std::size_t unseen_at(std::string_view text) noexcept {
    if (text.starts_with(' ') || text.starts_with('\t')) return 1;
    constexpr std::array<std::string_view, 11> kUnseen{"\u00A0", "\u00AD", "\u200B", "\u200C",
                                                       "\u200D", "\u200E", "\u200F", "\u2060",
                                                       "\u202F", "\u3000", "\uFEFF"};
    for (const auto unseen : kUnseen) {
        if (text.starts_with(unseen)) return unseen.size();
    }
    return 0;
}

// More of them separate words.
constexpr int kMostGaps = 2;

// The prefix at the beginning of a word, in upper or lower case, followed by most of a key value.
std::optional<std::size_t> near_miss_at(std::string_view text, std::size_t at) noexcept {
    if (!begins_in_any_case(text.substr(at), kKeyPrefix)) return std::nullopt;
    if (at > 0 && is_alphanumeric(text[at - 1])) return std::nullopt;
    std::size_t count = 0;
    std::size_t end = at + kKeyPrefix.size();
    int gaps = 0;
    for (std::size_t i = end; i < text.size();) {
        if (is_near_base64url(text[i])) {
            if (is_base64url(text[i++])) {
                ++count;
                end = i;
            }
            continue;
        }
        const std::size_t begin = i;
        while (const std::size_t size = unseen_at(text.substr(i))) i += size;
        if (i == begin || ++gaps > kMostGaps) break;
        // What follows is the rest of the value, or the next word of a sentence.
        const bool is_whole = count + (run_end(text, i) - i) == kKeyTailLength;
        if (count >= kNearTail && !is_whole) break;
    }
    return count >= kNearTail ? std::optional(end) : std::nullopt;
}

// A short token, or most of one.
std::optional<std::size_t> short_token_at(std::string_view text, std::size_t at) noexcept {
    if (!begins_in_any_case(text.substr(at), kShortTokenPrefix)) return std::nullopt;
    const std::size_t begin = at + kShortTokenPrefix.size();
    const std::size_t end = run_end(text, begin);
    return end - begin >= kNearShortToken ? std::optional(end) : std::nullopt;
}

// Letters of one case (the first may be a capital) followed by digits.
bool is_word(std::string_view piece) noexcept {
    if (piece.size() > kLongestWord) return false;
    const auto letters_end = std::find_if(piece.begin(), piece.end(), is_digit);
    if (!std::all_of(letters_end, piece.end(), is_digit)) return false;
    const auto second = piece.begin() == letters_end ? letters_end : piece.begin() + 1;
    return std::all_of(second, letters_end, is_lower) ||
           std::all_of(piece.begin(), letters_end, is_upper);
}

// "search-and-rescue-team-north_2026"
bool is_made_of_words(std::string_view run) noexcept {
    while (!run.empty()) {
        const auto end = run.find_first_of("-_");
        if (!is_word(run.substr(0, end))) return false;
        run = end == kNone ? std::string_view{} : run.substr(end + 1);
    }
    return true;
}

// Ids, digests, trace contexts.
bool is_lower_hex(std::string_view run) noexcept {
    return std::any_of(run.begin(), run.end(), is_digit) &&
           std::all_of(run.begin(), run.end(),
                       [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || c == '-'; });
}

std::optional<std::size_t> random_run_at(std::string_view text, std::size_t at) noexcept {
    if (at > 0 && is_base64url(text[at - 1])) return std::nullopt;
    const std::size_t end = run_end(text, at);
    if (end - at < kNearRun) return std::nullopt;
    const std::string_view run = text.substr(at, end - at);
    if (is_made_of_words(run) || is_lower_hex(run)) return std::nullopt;
    return end;
}

// A run that is masked completely, or the key value at its end.
Span run_span(std::string_view text, std::size_t begin, std::size_t end) noexcept {
    for (std::size_t at = begin + 1; at < end; ++at) {
        if (!key_value_at(text, at)) continue;
        // The text before it must not be nearly a key value together with the mask.
        const bool is_long = at + kKeyPrefix.size() - begin >= kNearTail;
        return {is_long ? begin : at, end, kMask};
    }
    return {begin, end, kRunMask};
}

// A quick check before the search at each position, because most texts are names and sentences.
bool may_hold_any(std::string_view text) noexcept {
    std::size_t run = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        run = is_base64url(text[i]) ? run + 1 : 0;
        if (run == kNearRun || text[i] == '%') return true;
        if (text[i] != '_') continue;
        if (i >= 2 && begins_in_any_case(text.substr(i - 2), kKeyPrefix)) return true;
        if (i >= 3 && begins_in_any_case(text.substr(i - 3), kShortTokenPrefix)) return true;
    }
    return false;
}

std::vector<Span> spans_of(std::string_view text) {
    std::vector<Span> spans;
    for (std::size_t at = 0; at < text.size();) {
        Span span{at, at, kMask};
        if (const auto end = key_value_at(text, at)) {
            span.end = *end;
        } else if (const auto near = near_miss_at(text, at)) {
            span.end = *near;
        } else if (const auto token = short_token_at(text, at)) {
            span = {at, *token, kShortTokenMask};
        } else if (const auto run = random_run_at(text, at)) {
            span = run_span(text, at, *run);
        }
        if (span.end > span.begin) spans.push_back(span);
        at = std::max(at + 1, span.end);
    }
    return spans;
}

bool holds(const Form& form, std::string_view text) {
    for (auto at = text.find(form.prefix); at != kNone; at = text.find(form.prefix, at + 1)) {
        if (form_at(form, text, at)) return true;
    }
    return false;
}

}  // namespace

bool holds_key_value(std::string_view text) {
    return may_hold_any(text) && holds(kKeyForm, undo_escapes(text).text);
}

bool holds_secret(std::string_view text) {
    if (!may_hold_any(text)) return false;
    const Undone undone = undo_escapes(text);
    return std::any_of(kSecretForms.begin(), kSecretForms.end(),
                       [&](const Form& form) { return holds(form, undone.text); });
}

std::string redact_key_values(std::string_view text) {
    if (!may_hold_any(text)) return std::string(text);
    const Undone undone = undo_escapes(text);
    std::string out;
    out.reserve(text.size());
    std::size_t copied = 0;
    for (const Span& span : spans_of(undone.text)) {
        out += text.substr(copied, undone.begins[span.begin] - copied);
        out += span.mask;
        copied = undone.begins[span.end];
    }
    out += text.substr(copied);
    return out;
}

}  // namespace rescuestream
