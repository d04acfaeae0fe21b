#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/writer.hpp"

namespace rescuestream::json {

/// Returns `{…}` with the members that `body(writer)` writes.
template <class Body>
std::string object(Body&& body) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    body(writer);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

inline void integer_member(Writer& writer, std::string_view name, std::int64_t value) {
    write(writer, name);
    writer.Int64(value);
}

inline void unsigned_member(Writer& writer, std::string_view name, std::uint64_t value) {
    write(writer, name);
    writer.Uint64(value);
}

}  // namespace rescuestream::json
