#include "commands/field_shower.hpp"

#include "fields/addresses.hpp"
#include "times.hpp"

namespace rescuestream::cli {

void FieldShower::operator()(const Field& field, const std::string& text) const {
    if (text.empty() && !field.is_shown_when_empty) return;
    details_.add(std::string(field.title), text.empty() ? "-" : text);
}

void FieldShower::operator()(const Field& field, const JsonObject& object) const {
    details_.add(std::string(field.title), object.text());
}

void FieldShower::operator()(const Field& field, Timestamp time) const {
    details_.add(std::string(field.title), show_moment(time));
}

void FieldShower::operator()(const Field& field, std::uint64_t bitrate) const {
    details_.add(std::string(field.title), show_bitrate(bitrate));
}

void FieldShower::operator()(const Field& field, std::uint32_t number) const {
    details_.add(std::string(field.title), std::to_string(number));
}

void FieldShower::operator()(const Field& field, std::chrono::seconds length) const {
    details_.add(std::string(field.title), show_duration(length));
}

void FieldShower::operator()(const Field& field, const std::vector<AddressRange>& ranges) const {
    std::string text;
    for (const auto& range : ranges) text += (text.empty() ? "" : ", ") + range.text();
    details_.add(std::string(field.title), std::move(text));
}

void FieldShower::operator()(const Field& field, const std::vector<BroadcasterId>& ids) const {
    std::string text;
    for (const auto& id : ids) text += (text.empty() ? "" : ", ") + id.to_string();
    details_.add(std::string(field.title), std::move(text));
}

void FieldShower::operator()(const Field& field, Scopes scopes) const {
    std::string text;
    for (const Scope scope : scopes.all()) {
        if (!text.empty()) text += ' ';
        text += to_string(scope);
    }
    details_.add(std::string(field.title), std::move(text));
}

void FieldShower::operator()(const Field& /*field*/, const PublicAddresses& addresses) const {
    fields::for_each_field(addresses, *this);
}

}  // namespace rescuestream::cli
