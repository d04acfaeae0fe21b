#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rescuestream {

/// A JSON object in its compact text form. Built only by `parse`, so that what is stored is valid.
class JsonObject {
public:
    JsonObject() = default;

    /// Accepts one JSON object: valid UTF-8, at most 16 KiB, at most 32 levels deep, no NUL
    /// character in a string. Numbers and the order of members are kept as they were written.
    static std::optional<JsonObject> parse(std::string_view text);

    const std::string& text() const noexcept { return text_; }
    bool operator==(const JsonObject&) const = default;

private:
    std::string text_ = "{}";
};

}  // namespace rescuestream
