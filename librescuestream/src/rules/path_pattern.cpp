#include "rules/path_pattern.hpp"

#include <algorithm>

#include "rescuestream/records.hpp"
#include "rescuestream/redaction.hpp"

namespace rescuestream::rules {
namespace {

constexpr std::string_view kAnySegments = "**";

// Compares with `*` for any characters. Goes back to the last `*` only, so the time is at most the
// product of both lengths.
bool matches_segment(std::string_view pattern, std::string_view segment) noexcept {
    std::size_t p = 0;
    std::size_t s = 0;
    std::size_t star = std::string_view::npos;
    std::size_t retry = 0;
    while (s < segment.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = s;
        } else if (p < pattern.size() && pattern[p] == segment[s]) {
            ++p;
            ++s;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            s = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

std::string_view take_segment(std::string_view& text) noexcept {
    const auto end = text.find('/');
    const std::string_view segment = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    return segment;
}

}  // namespace

std::optional<std::string> check_path_pattern(std::string_view pattern) {
    if (pattern.starts_with('~')) {
        return "must be patterns with * and **, and not regular expressions";
    }
    std::string name(pattern);
    std::replace(name.begin(), name.end(), '*', 'x');
    if (is_reserved_path_name(pattern) || !is_valid_path_name(name)) {
        return "must be path names such as cam/1, in which * stands for any characters of a "
               "segment "
               "and ** for any segments";
    }
    std::string_view rest = pattern;
    while (!rest.empty()) {
        const auto segment = take_segment(rest);
        if (segment.find(kAnySegments) != std::string_view::npos && segment != kAnySegments) {
            return "must have ** as a whole segment only, as in cam/**";
        }
    }
    if (pattern.find_first_not_of("*/") == std::string_view::npos) {
        return "must not match every path";
    }
    if (redact_key_values(pattern) != pattern) return "must not contain a key value";
    return std::nullopt;
}

bool matches(std::string_view pattern, std::string_view path) noexcept {
    // Where to continue if the segments behind the last `**` do not match.
    std::optional<std::string_view> after_any;
    std::string_view retry;
    while (true) {
        if (pattern.empty() && path.empty()) return true;
        bool fits = false;
        if (!pattern.empty() && !path.empty()) {
            std::string_view next = pattern;
            const auto wanted = take_segment(next);
            if (wanted == kAnySegments) {
                take_segment(path);  // at least one
                pattern = next;
                after_any = next;
                retry = path;
                continue;
            }
            std::string_view rest = path;
            if (matches_segment(wanted, take_segment(rest))) {
                pattern = next;
                path = rest;
                fits = true;
            }
        }
        if (fits) continue;
        if (!after_any || retry.empty()) return false;
        take_segment(retry);  // `**` stands for one segment more
        pattern = *after_any;
        path = retry;
    }
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view path) noexcept {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches(pattern, path); });
}

}  // namespace rescuestream::rules
