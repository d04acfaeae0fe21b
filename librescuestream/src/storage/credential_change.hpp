#pragma once

#include "rescuestream/result.hpp"
#include "rescuestream/storage/credentials.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// Applies a change to a credential. Returns false if nothing changes. Errors are those of
/// CredentialStorage::change_credential; then `row` is not to be stored.
Result<bool> apply_credential_change(ApiCredentialRow& row, const ApiCredentialChange& change,
                                     Timestamp now);

}  // namespace rescuestream
