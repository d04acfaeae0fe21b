#include "fields/api_credential.hpp"

namespace rescuestream::fields {
namespace {

bool resets(const ApiCredentialPatch& patch, std::string_view name) {
    return std::find(patch.reset.begin(), patch.reset.end(), name) != patch.reset.end();
}

}  // namespace

std::vector<std::string> resettable_credential_fields() {
    std::vector<std::string> names;
    const ApiCredentialPatch any{};
    for_each_field(any, [&](const Field& field, const auto&) {
        if (field.may_be_reset) names.emplace_back(field.name);
    });
    return names;
}

bool is_given(const ApiCredentialPatch& patch, std::string_view name) {
    bool given = false;
    for_each_field(patch, [&](const Field& field, const auto& member) {
        given = given || (field.name == name && member.has_value());
    });
    return given;
}

void apply(const ApiCredentialPatch& patch, ApiCredential& credential) {
    for_each_pair(credential, patch, [&](const Field& field, auto& member, const auto& given) {
        if (resets(patch, field.name)) member = {};
        if (given) member = *given;
    });
}

}  // namespace rescuestream::fields
