#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// Characters in a label, a display name or an actor.
constexpr std::size_t kMaxName = 255;

/// Collects what is wrong with an input, so that all of it is reported at once.
class Validation {
public:
    void add(std::string pointer, std::string detail) {
        fields_.push_back({std::move(pointer), std::move(detail)});
    }

    /// Valid UTF-8 without control characters, at most `max` characters; blank only if allowed.
    void text(std::string_view pointer, std::string_view value, std::size_t max, bool may_be_blank);
    /// A MediaMTX path name that no key value can be mistaken for.
    void path_name(std::string_view pointer, std::string_view value);
    /// For what is stored and shown as it was given.
    void no_key_value(std::string_view pointer, std::string_view value);
    /// Its member names and texts, at any depth; names the first place.
    void no_key_value(std::string_view pointer, const JsonObject& metadata);
    void in_future(std::string_view pointer, Timestamp value, Timestamp now);
    void duration(std::string_view pointer, std::chrono::seconds value, std::chrono::seconds min,
                  std::chrono::seconds max);
    /// `from` and `to` of a list.
    void time_range(const std::optional<Timestamp>& from, const std::optional<Timestamp>& to);
    /// A UUID in text form.
    void uuid(std::string_view pointer, std::string_view value);

    bool failed() const noexcept { return !fields_.empty(); }
    /// kInvalidArgument with all of them. Precondition: `failed()`.
    Error error() &&;

private:
    std::vector<FieldError> fields_;
};

}  // namespace rescuestream
