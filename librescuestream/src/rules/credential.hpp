#pragma once

#include <optional>

#include "rescuestream/api_credentials.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::rules {

/// Returns why somebody with the credential `maker` must not create, change or take over
/// `wanted`: it has more rights (kForbidden, with each member). Empty: they may. `maker` is null
/// for somebody without limits.
std::optional<Error> exceeds(const ApiCredential* maker, const ApiCredential& wanted);

/// Judges a credential whose secret is right.
CredentialCheckOutcome judge_credential(const ApiCredential& credential, std::string_view address,
                                        Timestamp now);

}  // namespace rescuestream::rules
