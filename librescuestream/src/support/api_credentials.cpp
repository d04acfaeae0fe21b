#include "rescuestream/api_credentials.hpp"

#include <algorithm>
#include <array>

#include "support/ascii.hpp"
#include "support/key_form.hpp"

namespace rescuestream {
namespace {

constexpr std::array<std::string_view, 3> kApiCredentialStatusNames{"active", "revoked", "expired"};

}  // namespace

std::optional<ApiCredentialId> ApiCredentialId::parse(std::string_view text) {
    const bool is_good =
        text.size() == kCredentialIdLength && std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
        });
    if (!is_good) return std::nullopt;
    return ApiCredentialId{std::string(text)};
}

ApiCredentialStatus ApiCredential::status_at(Timestamp now) const noexcept {
    if (revoked_at) return ApiCredentialStatus::kRevoked;
    return expires_at && *expires_at <= now ? ApiCredentialStatus::kExpired
                                            : ApiCredentialStatus::kActive;
}

bool ApiCredential::covers(BroadcasterId broadcaster) const noexcept {
    return broadcasters.empty() ||
           std::find(broadcasters.begin(), broadcasters.end(), broadcaster) != broadcasters.end();
}

bool is_limited(const ApiCredential* caller) {
    return caller != nullptr && !caller->scopes.names(Scope::kAdmin);
}

std::string limited_account(const ApiCredential* caller) {
    if (!is_limited(caller)) return {};
    return caller->account.value.empty() ? caller->id.value : caller->account.value;
}

std::string visible_actor(std::string name, const ApiCredential* reader) {
    const bool is_hidden =
        reader != nullptr && reader->is_restricted() && !name.empty() && name != reader->actor();
    return is_hidden ? "another caller" : name;
}

std::optional<ApiCredentialText> split_credential(std::string_view text) {
    if (!text.starts_with(kCredentialPrefix)) return std::nullopt;
    text.remove_prefix(kCredentialPrefix.size());
    if (text.size() != kCredentialTailLength) return std::nullopt;
    auto id = ApiCredentialId::parse(text.substr(0, kCredentialIdLength));
    const std::string_view secret = text.substr(kCredentialIdLength + 1);
    if (!id || text[kCredentialIdLength] != '_' ||
        !std::all_of(secret.begin(), secret.end(), is_base64url)) {
        return std::nullopt;
    }
    return ApiCredentialText{*std::move(id), secret};
}

std::string_view to_string(ApiCredentialStatus value) noexcept {
    const auto index = static_cast<std::size_t>(value);
    return index < kApiCredentialStatusNames.size() ? kApiCredentialStatusNames[index]
                                                    : std::string_view{};
}

template <>
std::optional<ApiCredentialStatus> parse_enum(std::string_view name) noexcept {
    for (std::size_t index = 0; index < kApiCredentialStatusNames.size(); ++index) {
        if (kApiCredentialStatusNames[index] == name) {
            return static_cast<ApiCredentialStatus>(index);
        }
    }
    return std::nullopt;
}

}  // namespace rescuestream
