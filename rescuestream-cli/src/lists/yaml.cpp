#include "lists/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "json/document.hpp"

namespace rescuestream::cli {
namespace {

using Value = rapidjson::Value;

// The answers of a server can be large; this program has read them already.
constexpr json::ParseLimits kOwnLimits{
    .max_bytes = 512U * 1024 * 1024, .max_depth = 128, .any_number = true};

std::string_view text_of(const Value& value) {
    return {value.GetString(), value.GetStringLength()};
}

// Characters that YAML does not print, or that end a line or change the direction of a text: their
// UTF-8 and their escapes.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kEscapedCharacters{
    {{"\xC2\x85", "\\u0085"},
     {"\xE2\x80\xA8", "\\u2028"},
     {"\xE2\x80\xA9", "\\u2029"},
     {"\xEF\xBB\xBF", "\\ufeff"},
     {"\xE2\x80\xAA", "\\u202a"},
     {"\xE2\x80\xAB", "\\u202b"},
     {"\xE2\x80\xAC", "\\u202c"},
     {"\xE2\x80\xAD", "\\u202d"},
     {"\xE2\x80\xAE", "\\u202e"},
     {"\xE2\x81\xA6", "\\u2066"},
     {"\xE2\x81\xA7", "\\u2067"},
     {"\xE2\x81\xA8", "\\u2068"}}};

std::string quoted(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const auto* special =
            std::find_if(kEscapedCharacters.begin(), kEscapedCharacters.end(),
                         [&](const auto& each) { return text.starts_with(each.first); });
        if (special != kEscapedCharacters.end()) {
            out += special->second;
            text.remove_prefix(special->first.size());
            continue;
        }
        const auto c = static_cast<unsigned char>(text.front());
        // C1 control characters are two bytes in UTF-8.
        if (c == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(text[1]));
            text.remove_prefix(2);
            continue;
        }
        if (c == '"' || c == '\\') {
            out += '\\';
            out += text.front();
        } else if (c < 0x20 || c == 0x7F) {
            out += fmt::format("\\u{:04x}", c);
        } else {
            out += text.front();
        }
        text.remove_prefix(1);
    }
    return out + "\"";
}

// Names of the contract need no quotation marks. Names in metadata are chosen by anybody; among the
// short ones are those that YAML 1.1 reads as truth values (`no`, `off`).
std::string key_of(std::string_view name) {
    const bool is_plain = name.size() > 3 && std::all_of(name.begin(), name.end(), [](char c) {
                              return (c >= 'a' && c <= 'z') || c == '_';
                          });
    const bool is_word = name == "true" || name == "false" || name == "null";
    const bool is_id = name == "id" || name == "at";
    return (is_plain && !is_word) || is_id ? std::string(name) : quoted(name);
}

std::string scalar_of(const Value& value) {
    if (value.IsString()) return quoted(text_of(value));
    if (value.IsBool()) return value.GetBool() ? "true" : "false";
    if (value.IsUint64()) return std::to_string(value.GetUint64());
    if (value.IsInt64()) return std::to_string(value.GetInt64());
    if (value.IsDouble()) return fmt::format("{}", value.GetDouble());
    if (value.IsObject()) return "{}";
    return value.IsArray() ? "[]" : "null";
}

bool is_block(const Value& value) {
    return (value.IsObject() && value.MemberCount() > 0) || (value.IsArray() && !value.Empty());
}

// The depth is limited by the reader of JSON.
void write(const Value& value, std::size_t indent, std::string& out) {  // NOLINT(misc-no-recursion)
    bool is_first = true;
    const auto begin_line = [&] {
        // The first member of a list's item stands behind its dash.
        if (!is_first || out.empty() || out.back() == '\n') out.append(indent, ' ');
        is_first = false;
    };
    if (value.IsObject()) {
        for (const auto& member : value.GetObject()) {
            begin_line();
            out += key_of(text_of(member.name)) + ":";
            if (is_block(member.value)) {
                out += '\n';
                write(member.value, indent + 2, out);
            } else {
                out += " " + scalar_of(member.value) + "\n";
            }
        }
        return;
    }
    for (const auto& item : value.GetArray()) {
        begin_line();
        out += "- ";
        if (is_block(item)) {
            write(item, indent + 2, out);
        } else {
            out += scalar_of(item) + "\n";
        }
    }
}

}  // namespace

std::string yaml_of(std::string_view json) {
    const auto document = json::parse(json, kOwnLimits);
    if (!document) return "";
    if (!is_block(*document)) return scalar_of(*document) + "\n";
    std::string out;
    write(*document, 0, out);
    return out;
}

}  // namespace rescuestream::cli
