#pragma once

#include <cstddef>
#include <string_view>

namespace rescuestream {

/// A stream key value is this prefix and the base64url of 32 random bytes (43 characters).
constexpr std::string_view kKeyPrefix = "sk_";
constexpr std::size_t kKeyRandomBytes = 32;
constexpr std::size_t kKeyTailLength = 43;

/// A short playback token is this prefix and the base64url of 18 random bytes (24 characters).
constexpr std::string_view kShortTokenPrefix = "rsp_";
constexpr std::size_t kShortTokenTailLength = 24;

/// A credential of the HTTP API is this prefix, its id, "_" and the base64url of 32 random bytes.
constexpr std::string_view kCredentialPrefix = "rsc_";
constexpr std::size_t kCredentialIdLength = 12;
constexpr std::size_t kCredentialSecretLength = 43;
constexpr std::size_t kCredentialTailLength = kCredentialIdLength + 1 + kCredentialSecretLength;

/// The credential of a node is this prefix, the node's name, "." and the base64url of 32 bytes.
constexpr std::string_view kMediaSecretPrefix = "rsm_";
constexpr std::size_t kMediaSecretTailLength = 45;  // with a name of one character

}  // namespace rescuestream
