#include "rescuestream/trace_context.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include "support/crypto.hpp"
#include "support/redaction.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kTraceParentSize = 55;  // of version 00
constexpr std::size_t kMaxMembers = 32;
constexpr std::size_t kMaxTraceState = 512;
constexpr std::size_t kMaxKey = 256;
constexpr std::size_t kMaxTenant = 241;
constexpr std::size_t kMaxSystem = 14;
constexpr std::size_t kMaxValue = 256;

bool is_lower_hex(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// It is called for each span, so it looks at eight bytes at a time.
template <class Id>
bool is_zero(const Id& id) noexcept {
    std::array<std::uint64_t, sizeof(Id) / sizeof(std::uint64_t)> parts{};
    static_assert(sizeof parts == sizeof(Id));
    std::memcpy(parts.data(), id.data(), sizeof parts);
    std::uint64_t all = 0;
    for (const std::uint64_t part : parts) all |= part;
    return all == 0;
}

bool is_lower_letter(char c) noexcept {
    return c >= 'a' && c <= 'z';
}
bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// One part of a key. `may_begin_with_digit`: that of a tenant.
bool is_key_part(std::string_view text, std::size_t max, bool may_begin_with_digit) noexcept {
    if (text.empty() || text.size() > max) return false;
    if (!is_lower_letter(text.front()) && !(may_begin_with_digit && is_digit(text.front()))) {
        return false;
    }
    return std::all_of(text.begin(), text.end(), [](char c) {
        return is_lower_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '*' || c == '/';
    });
}

bool is_member_key(std::string_view key) noexcept {
    const auto at = key.find('@');
    if (at == std::string_view::npos) return is_key_part(key, kMaxKey, false);
    return is_key_part(key.substr(0, at), kMaxTenant, true) &&
           is_key_part(key.substr(at + 1), kMaxSystem, false);
}

bool is_member_value(std::string_view value) noexcept {
    if (value.empty() || value.size() > kMaxValue || value.back() == ' ') return false;
    return std::all_of(value.begin(), value.end(),
                       [](char c) { return c >= 0x20 && c <= 0x7e && c != ',' && c != '='; });
}

std::string_view without_blanks(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Returns the list in one spelling; empty if it must be dropped.
std::string parse_trace_state(std::string_view text) {
    std::string state;
    std::vector<std::string_view> keys;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const std::string_view member = without_blanks(text.substr(0, comma));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
        if (member.empty()) continue;  // permitted
        const auto equals = member.find('=');
        if (equals == std::string_view::npos) return {};
        const std::string_view key = member.substr(0, equals);
        if (!is_member_key(key) || !is_member_value(member.substr(equals + 1))) return {};
        if (std::find(keys.begin(), keys.end(), key) != keys.end()) return {};
        keys.push_back(key);
        if (!state.empty()) state += ',';
        state += member;
        if (keys.size() > kMaxMembers || state.size() > kMaxTraceState) return {};
    }
    return holds_secret(state) ? std::string() : state;
}

}  // namespace

bool SpanContext::is_valid() const noexcept {
    return !is_zero(trace_id) && !is_zero(span_id);
}

std::optional<SpanContext> parse_trace_context(std::string_view trace_parent,
                                               std::string_view trace_state) {
    if (trace_parent.size() < kTraceParentSize) return std::nullopt;
    const std::string_view version = trace_parent.substr(0, 2);
    const std::string_view trace = trace_parent.substr(3, 32);
    const std::string_view span = trace_parent.substr(36, 16);
    const std::string_view flags = trace_parent.substr(53, 2);
    if (!is_lower_hex(version) || !is_lower_hex(trace) || !is_lower_hex(span) ||
        !is_lower_hex(flags)) {
        return std::nullopt;
    }
    if (trace_parent[2] != '-' || trace_parent[35] != '-' || trace_parent[52] != '-') {
        return std::nullopt;
    }
    // A later version may append members, each behind a dash.
    if (version == "ff") return std::nullopt;
    if (trace_parent.size() > kTraceParentSize &&
        (version == "00" || trace_parent[kTraceParentSize] != '-')) {
        return std::nullopt;
    }
    SpanContext context;
    context.is_remote = true;
    std::array<std::uint8_t, 1> bits{};
    if (!from_hex(trace, context.trace_id) || !from_hex(span, context.span_id) ||
        !from_hex(flags, bits) || !context.is_valid()) {
        return std::nullopt;
    }
    context.sampled = (bits[0] & 1U) != 0;
    if (!trace_state.empty()) context.trace_state = parse_trace_state(trace_state);
    return context;
}

std::string format_trace_parent(const SpanContext& context) {
    return "00-" + to_string(context.trace_id) + '-' + to_string(context.span_id) +
           (context.sampled ? "-01" : "-00");
}

std::string to_string(const TraceId& id) {
    return to_hex(id);
}

std::string to_string(const SpanId& id) {
    return to_hex(id);
}

}  // namespace rescuestream
