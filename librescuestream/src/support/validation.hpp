#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// Characters in a label, a display name or an actor.
constexpr std::size_t kMaxName = 255;

/// The error of a text that everybody may read and that contains a secret.
constexpr const char* kNoSecret =
    "must not contain a key value, a token or a credential: everybody who can read this record "
    "would see it";

/// Collects the errors of an input, so that all of them are reported together.
class Validation {
public:
    void add(std::string pointer, std::string detail) {
        fields_.push_back({std::move(pointer), std::move(detail)});
    }

    /// Checks for valid UTF-8 without control characters, at most `max` characters, and not blank
    /// unless `may_be_blank`.
    void text(std::string_view pointer, std::string_view value, std::size_t max, bool may_be_blank);
    /// Checks for a MediaMTX path name that does not have the form of a key value.
    void path_name(std::string_view pointer, std::string_view value);
    /// For texts that are stored and shown unchanged.
    void no_secret(std::string_view pointer, std::string_view value);
    void in_future(std::string_view pointer, Timestamp value, Timestamp now);
    void duration(std::string_view pointer, std::chrono::seconds value, std::chrono::seconds min,
                  std::chrono::seconds max);
    /// Checks the number of elements of a list. Returns false when it is wrong.
    bool count(std::string_view pointer, std::size_t count, std::size_t min, std::size_t max);
    /// Checks `from` and `to` of a list.
    void time_range(const std::optional<Timestamp>& from, const std::optional<Timestamp>& to);
    /// Checks for a UUID in text form.
    void uuid(std::string_view pointer, std::string_view value);

    bool failed() const noexcept { return !fields_.empty(); }
    /// Returns kInvalidArgument with all errors. Precondition: `failed()`.
    Error error() &&;

private:
    std::vector<FieldError> fields_;
};

}  // namespace rescuestream
