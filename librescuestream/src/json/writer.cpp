#include "json/writer.hpp"

namespace rescuestream::json {

void write(Writer& writer, std::string_view text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write(Writer& writer, Timestamp time) {
    write(writer, format_rfc3339(time));
}

void member(Writer& writer, std::string_view name, std::string_view text) {
    write(writer, name);
    write(writer, text);
}

void member(Writer& writer, std::string_view name, Timestamp time) {
    write(writer, name);
    write(writer, time);
}

void optional_member(Writer& writer, std::string_view name,
                     const std::optional<std::string>& text) {
    if (text) member(writer, name, std::string_view(*text));
}

void optional_member(Writer& writer, std::string_view name, const std::optional<Timestamp>& time) {
    if (time) member(writer, name, *time);
}

void raw_member(Writer& writer, std::string_view name, std::string_view json) {
    write(writer, name);
    writer.RawValue(json.data(), json.size(), rapidjson::kObjectType);
}

std::string compact(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            out += c;
            if (c == '\\') {
                out += text[++i];
            } else if (c == '"') {
                in_string = false;
            }
        } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            out += c;
            in_string = c == '"';
        }
    }
    return out;
}

}  // namespace rescuestream::json
