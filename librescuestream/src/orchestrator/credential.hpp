#pragma once

#include <optional>

#include "rescuestream/publishing.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// The key value that a publish request carries, and where.
struct PublishCredential {
    Secret value;
    bool is_path = false;  ///< The path itself is the key value.
};

/// Looks at `password`, `token`, then `pass`, `token`, `key`, `jwt` in `query`, then the path; the
/// first that has the form of a key value counts. Others are passed over, so that a device that
/// insists on a user name and a password can still publish to its key.
std::optional<PublishCredential> find_credential(const PublishRequest& request);

/// True when the request carries any credential at all, of whatever form.
bool has_credential(const PublishRequest& request);

}  // namespace rescuestream
