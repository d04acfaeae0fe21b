#include "fields/check.hpp"

#include <algorithm>

#include "fields/addresses.hpp"
#include "json/document.hpp"
#include "support/redaction.hpp"
#include "support/url.hpp"

namespace rescuestream::fields {
namespace {

bool is_node_name(std::string_view name, std::size_t max) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !name.empty() && name.size() <= max && std::all_of(name.begin(), name.end(), allowed) &&
           name.front() != '-' && name.back() != '-';
}

}  // namespace

std::string Check::pointer_to(const Field& field) const {
    return parent_ + "/" + std::string(field.name);
}

void Check::operator()(const Field& field, const std::string& text) const {
    const std::string pointer = pointer_to(field);
    const auto max = static_cast<std::size_t>(field.max);
    switch (field.text) {
        case TextRule::kName:
            validation_.text(pointer, text, max, field.min == 0);
            break;
        case TextRule::kPath:
            validation_.path_name(pointer, text);
            return;
        case TextRule::kNodeName:
            if (!is_node_name(text, max)) {
                validation_.add(pointer, "must be 1 to " + std::to_string(max) +
                                             " of a-z, 0-9 and dashes, without a dash at either "
                                             "end");
            }
            return;
        case TextRule::kControlInterface:
            if (!parse_origin(text) || text.size() > max) {
                validation_.add(pointer,
                                std::string(kOriginRule) + ": MediaMTX's control interface");
            }
            break;
        case TextRule::kPublicAddress:
            validation_.text(pointer, text, max, false);
            if (auto problem = check_public_address(text, field.scheme)) {
                validation_.add(pointer, *std::move(problem));
            }
            break;
    }
    validation_.no_secret(pointer, text);
}

void Check::operator()(const Field& field, const Secret& secret) const {
    validation_.text(pointer_to(field), secret.reveal(), static_cast<std::size_t>(field.max), true);
}

void Check::operator()(const Field& field, Timestamp time) const {
    validation_.in_future(pointer_to(field), time, now_);
}

void Check::operator()(const Field& field, std::chrono::seconds length) const {
    validation_.duration(pointer_to(field), length, std::chrono::seconds(field.min),
                         std::chrono::seconds(field.max));
}

void Check::operator()(const Field& field, std::uint64_t bitrate) const {
    if (bitrate >= static_cast<std::uint64_t>(field.min) &&
        bitrate <= static_cast<std::uint64_t>(field.max)) {
        return;
    }
    validation_.add(pointer_to(field), "must be " + std::to_string(field.min) + " to " +
                                           std::to_string(field.max) + " bits per second");
}

void Check::operator()(const Field& field, std::uint32_t number) const {
    if (number >= static_cast<std::uint64_t>(field.min) &&
        number <= static_cast<std::uint64_t>(field.max)) {
        return;
    }
    validation_.add(pointer_to(field),
                    "must be " + std::to_string(field.min) + " to " + std::to_string(field.max));
}

// No member name and no text may contain a secret, at any depth. The error names the first one.
void Check::operator()(const Field& field, const JsonObject& metadata) const {
    const auto place = json::find_text(metadata.text(), holds_secret);
    if (place) validation_.add(pointer_to(field) + *place, kNoSecret);
}

void Check::operator()(const Field& field, const std::vector<AddressRange>& ranges) const {
    validation_.count(pointer_to(field), ranges.size(), static_cast<std::size_t>(field.min),
                      static_cast<std::size_t>(field.max));
}

void Check::operator()(const Field& field, const std::vector<BroadcasterId>& ids) const {
    validation_.count(pointer_to(field), ids.size(), static_cast<std::size_t>(field.min),
                      static_cast<std::size_t>(field.max));
}

void Check::operator()(const Field& field, Scopes scopes) const {
    if (scopes.empty()) validation_.add(pointer_to(field), "must have at least one scope");
}

void Check::operator()(const Field& field, const PublicAddresses& addresses) const {
    for_each_field(addresses, Check(validation_, now_, pointer_to(field)));
}

void Check::operator()(const Field& field, const AddressPatch& addresses) const {
    for_each_field(addresses, Check(validation_, now_, pointer_to(field)));
}

}  // namespace rescuestream::fields
