#include "rescuestream/playback.hpp"

#include <array>
#include <utility>

namespace rescuestream {
namespace {

template <class T, std::size_t N>
using PlaybackNames = std::array<std::pair<T, std::string_view>, N>;

constexpr PlaybackNames<TokenAlgorithm, 3> kAlgorithmNames{{
    {TokenAlgorithm::kEs256, "ES256"},
    {TokenAlgorithm::kEdDsa, "EdDSA"},
    {TokenAlgorithm::kRs256, "RS256"},
}};
constexpr PlaybackNames<RevokedBy, 4> kRevokedByNames{{
    {RevokedBy::kToken, "token"},
    {RevokedBy::kViewer, "viewer"},
    {RevokedBy::kPath, "path"},
    {RevokedBy::kOwner, "owner"},
}};
constexpr PlaybackNames<ViewerDecision, 13> kViewerDecisionNames{{
    {ViewerDecision::kAccepted, "accepted"},
    {ViewerDecision::kSecretPath, "secret_path"},
    {ViewerDecision::kTokenRequired, "token_required"},
    {ViewerDecision::kTooManyTokens, "too_many_tokens"},
    {ViewerDecision::kTokenInvalid, "token_invalid"},
    {ViewerDecision::kTokenRevoked, "token_revoked"},
    {ViewerDecision::kTokenExpired, "token_expired"},
    {ViewerDecision::kTokenNotYetValid, "token_not_yet_valid"},
    {ViewerDecision::kTokenWrongPath, "token_wrong_path"},
    {ViewerDecision::kTokenWrongAddress, "token_wrong_address"},
    {ViewerDecision::kTokenWrongProtocol, "token_wrong_protocol"},
    {ViewerDecision::kTokenInUse, "token_in_use"},
    {ViewerDecision::kViewersFull, "viewers_full"},
}};

template <class T, std::size_t N>
std::string_view playback_name(const PlaybackNames<T, N>& names, T value) noexcept {
    for (const auto& [each, name] : names) {
        if (each == value) return name;
    }
    return {};
}

template <class T, std::size_t N>
std::optional<T> playback_value(const PlaybackNames<T, N>& names, std::string_view text) noexcept {
    for (const auto& [each, name] : names) {
        if (name == text) return each;
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(TokenAlgorithm value) noexcept {
    return playback_name(kAlgorithmNames, value);
}
std::string_view to_string(RevokedBy value) noexcept {
    return playback_name(kRevokedByNames, value);
}
std::string_view to_string(ViewerDecision value) noexcept {
    return playback_name(kViewerDecisionNames, value);
}

template <>
std::optional<TokenAlgorithm> parse_enum(std::string_view name) noexcept {
    return playback_value(kAlgorithmNames, name);
}
template <>
std::optional<RevokedBy> parse_enum(std::string_view name) noexcept {
    return playback_value(kRevokedByNames, name);
}
template <>
std::optional<ViewerDecision> parse_enum(std::string_view name) noexcept {
    return playback_value(kViewerDecisionNames, name);
}

}  // namespace rescuestream
