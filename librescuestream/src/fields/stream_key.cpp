#include "fields/stream_key.hpp"

#include <algorithm>

namespace rescuestream::fields {

std::vector<std::string> resettable_fields() {
    std::vector<std::string> names;
    StreamKeyPatch patch;
    for_each_field(patch, [&](const Field& field, const auto&) {
        if (field.may_be_reset) names.emplace_back(field.name);
    });
    return names;
}

StreamKeyPolicies changed_policies(StreamKeyPolicies policies, const StreamKeyPatch& patch) {
    for_each_policy([&](const Field& field, auto member) {
        const bool is_reset =
            std::find(patch.reset.begin(), patch.reset.end(), field.name) != patch.reset.end();
        if (is_reset) (policies.*member).reset();
        if (patch.policies.*member) policies.*member = patch.policies.*member;
    });
    return policies;
}

bool is_given(const StreamKeyPatch& patch, std::string_view name) {
    bool given = false;
    for_each_field(patch, [&](const Field& field, const auto& member) {
        if (field.name == name) given = member.has_value();
    });
    return given;
}

}  // namespace rescuestream::fields
