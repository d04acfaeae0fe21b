#include "support/validation.hpp"

#include <fmt/format.h>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "support/redaction.hpp"
#include "support/text.hpp"
#include "support/time_range.hpp"

namespace rescuestream {
void Validation::text(std::string_view pointer, std::string_view value, std::size_t max,
                      bool may_be_blank) {
    if (!is_clean_utf8(value)) {
        add(std::string(pointer), "must be valid UTF-8 without NUL characters");
    } else if (has_control_character(value)) {
        add(std::string(pointer), "must not contain control characters");
    } else if (!may_be_blank && is_blank(value)) {
        add(std::string(pointer), "must not be blank");
    } else if (count_characters(value) > max) {
        add(std::string(pointer), fmt::format("must have at most {} characters", max));
    }
}

void Validation::path_name(std::string_view pointer, std::string_view value) {
    if (is_reserved_path_name(value)) {
        add(std::string(pointer),
            "must not be 'all' or 'all_others' and must not begin with '~': in MediaMTX's "
            "configuration such a name stands for the paths of everybody");
    } else if (!is_valid_path_name(value)) {
        add(std::string(pointer),
            "must be 1 to 255 characters of letters, digits, '_', '-', '.' and '/', without an "
            "empty, '.' or '..' segment");
    } else if (holds_secret(value)) {
        add(std::string(pointer),
            "must not contain a key value, a token or a credential: viewers see it");
    }
}

void Validation::no_secret(std::string_view pointer, std::string_view value) {
    if (holds_secret(value)) add(std::string(pointer), kNoSecret);
}

void Validation::in_future(std::string_view pointer, Timestamp value, Timestamp now) {
    if (value <= now) {
        add(std::string(pointer), "must lie in the future");
    } else if (!is_in_written_years(value)) {
        add(std::string(pointer), "must lie before the year 10000");
    }
}

void Validation::duration(std::string_view pointer, std::chrono::seconds value,
                          std::chrono::seconds min, std::chrono::seconds max) {
    if (value >= min && value <= max) return;
    add(std::string(pointer), "must be from " + std::to_string(min.count()) + " to " +
                                  std::to_string(max.count()) + " seconds" + in_units(max));
}

bool Validation::count(std::string_view pointer, std::size_t count, std::size_t min,
                       std::size_t max) {
    if (count >= min && count <= max) return true;
    add(std::string(pointer), fmt::format("must have {} to {} elements", min, max));
    return false;
}

void Validation::time_range(const std::optional<Timestamp>& from,
                            const std::optional<Timestamp>& to) {
    if (from && to && *from > *to) add("/from", "must not be later than `to`");
}

void Validation::uuid(std::string_view pointer, std::string_view value) {
    if (!Uuid::parse(value)) add(std::string(pointer), "must be a UUID");
}

Error Validation::error() && {
    std::string message = "The input is not valid: ";
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        const std::string_view name = std::string_view(fields_[i].pointer).substr(1);
        message += fmt::format("{}{} {}", i == 0 ? "" : "; ", name, fields_[i].detail);
    }
    message += '.';
    return Error{ErrorCode::kInvalidArgument, std::move(message), {}, std::move(fields_)};
}

}  // namespace rescuestream
