#pragma once

#include <string>

#include "rescuestream/api_credentials.hpp"

namespace rescuestream {

/// `now` is the time by which its status is judged.
std::string to_json(const ApiCredential& credential, Timestamp now);
/// The same with `secret`, the text of the credential.
std::string to_json(const CreatedApiCredential& created, Timestamp now);

}  // namespace rescuestream
