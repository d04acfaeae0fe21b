#include "fields/check.hpp"

#include "json/document.hpp"
#include "support/redaction.hpp"

namespace rescuestream::fields {
namespace {

std::string pointer_to(const Field& field) {
    return "/" + std::string(field.name);
}

}  // namespace

void check_no_key_value(Validation& validation, std::string_view pointer,
                        const JsonObject& metadata) {
    const auto place = json::find_text(metadata.text(), holds_key_value);
    if (place) validation.add(std::string(pointer) + *place, kNoKeyValue);
}

void Check::operator()(const Field& field, const std::optional<std::string>& text) const {
    if (!text) return;
    const std::string pointer = pointer_to(field);
    switch (field.text) {
        case TextRule::kName:
            validation_.text(pointer, *text, static_cast<std::size_t>(field.max), true);
            validation_.no_key_value(pointer, *text);
            return;
        case TextRule::kPath:
            validation_.path_name(pointer, *text);
            return;
    }
}

void Check::operator()(const Field& field, const std::optional<Timestamp>& time) const {
    if (time) validation_.in_future(pointer_to(field), *time, now_);
}

void Check::operator()(const Field& field,
                       const std::optional<std::chrono::seconds>& length) const {
    if (!length) return;
    validation_.duration(pointer_to(field), *length, std::chrono::seconds(field.min),
                         std::chrono::seconds(field.max));
}

void Check::operator()(const Field& field,
                       const std::optional<std::vector<AddressRange>>& ranges) const {
    if (ranges) {
        validation_.count(pointer_to(field), ranges->size(), static_cast<std::size_t>(field.min),
                          static_cast<std::size_t>(field.max));
    }
}

}  // namespace rescuestream::fields
