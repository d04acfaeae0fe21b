#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/time.hpp"

namespace rescuestream::json {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(Writer& writer, std::string_view text);
void write(Writer& writer, Timestamp time);
/// `"name":text`
void member(Writer& writer, std::string_view name, std::string_view text);
void member(Writer& writer, std::string_view name, Timestamp time);
/// Left out when empty.
void optional_member(Writer& writer, std::string_view name, const std::optional<std::string>& text);
void optional_member(Writer& writer, std::string_view name, const std::optional<Timestamp>& time);
/// Writes a text that is JSON already.
void raw_member(Writer& writer, std::string_view name, std::string_view json);

/// Returns `text` without the white space between its tokens; nothing else changes (numbers keep
/// their digits, strings their escapes). Precondition: `text` is well-formed JSON.
std::string compact(std::string_view text);

}  // namespace rescuestream::json
