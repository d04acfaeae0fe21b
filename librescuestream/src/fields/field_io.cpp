#include "fields/field_io.hpp"

#include "json/object.hpp"

namespace rescuestream::fields {

using std::chrono::seconds;

void InputReader::operator()(const Field& field, std::optional<std::string>& text) const {
    switch (field.text) {
        case TextRule::kName:
            text = body_.text(field.name,
                              {.max = static_cast<std::size_t>(field.max), .may_be_blank = true});
            return;
        case TextRule::kPath:
            text = body_.path_name(field.name);
            return;
    }
}

void InputReader::operator()(const Field& field, std::optional<Timestamp>& time) const {
    time = body_.future_time(field.name, now_);
}

void InputReader::operator()(const Field& field, std::optional<seconds>& length) const {
    length = body_.seconds(field.name, seconds(field.min), seconds(field.max));
}

void InputReader::operator()(const Field& field,
                             std::optional<std::vector<AddressRange>>& ranges) const {
    ranges = body_.address_ranges(field.name, static_cast<std::size_t>(field.min),
                                  static_cast<std::size_t>(field.max));
}

void FieldWriter::operator()(const Field& field, const std::optional<std::string>& text) const {
    json::optional_member(writer_, field.name, text);
}

void FieldWriter::operator()(const Field& field, const std::optional<Timestamp>& time) const {
    json::optional_member(writer_, field.name, time);
}

void FieldWriter::operator()(const Field& field, const std::optional<seconds>& length) const {
    if (length) json::integer_member(writer_, field.name, length->count());
}

void FieldWriter::operator()(const Field& field,
                             const std::optional<std::vector<AddressRange>>& ranges) const {
    if (!ranges) return;
    json::write(writer_, field.name);
    writer_.StartArray();
    for (const auto& range : *ranges) json::write(writer_, range.text());
    writer_.EndArray();
}

void FieldReader::operator()(const Field& field, std::optional<seconds>& length) const {
    length = json::read::optional_seconds(json_, field.name.data());
}

void FieldReader::operator()(const Field& field,
                             std::optional<std::vector<AddressRange>>& ranges) const {
    ranges.reset();
    const char* const name = field.name.data();
    if (json::read::find(json_, name) == nullptr) return;
    ranges.emplace();
    for (const auto& item : json::read::array(json_, name).GetArray()) {
        auto range = AddressRange::parse(
            item.IsString() ? std::string_view(item.GetString(), item.GetStringLength()) : "");
        if (!range) json::read::fail(name, "holds something else than ranges of addresses");
        ranges->push_back(*range);
    }
}

}  // namespace rescuestream::fields
