#pragma once

#include <string>
#include <string_view>

#include "tokens/signature.hpp"

namespace rescuestream::tokens {

/// Reads a public key in the form of RFC 7517 and sets `id` to its `kid`, if it has one.
/// kInvalidArgument as with VerifyingKey::from_pem.
Result<VerifyingKey> key_of_jwk(std::string_view json, std::string& id);

}  // namespace rescuestream::tokens
