#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/random_source.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// Encrypts `secret` with AES-256-GCM, so that a database alone does not reveal it. The key is
/// derived from `installation`, the secret of the installation or, for an answer that is kept for a
/// repeated request, the caller's Idempotency-Key; `purpose` says what the text is for and which
/// record it belongs to, and must be the same for `unseal`. Returns base64url. Empty:
/// `installation` is empty.
std::string seal(const Secret& installation, std::string_view purpose, std::string_view secret,
                 RandomSource& random);

/// Returns what was sealed. Empty: it was sealed with another secret of the installation or for
/// another purpose, or was changed.
std::optional<Secret> unseal(const Secret& installation, std::string_view purpose,
                             std::string_view sealed);

}  // namespace rescuestream
