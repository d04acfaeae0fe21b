#pragma once

#include <optional>
#include <string_view>

#include "rescuestream/publishing.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// The key value of a publish request, and where it was found.
struct PublishCredential {
    Secret value;
    bool is_path = false;  ///< The path is or ends with the key value (key_value_of_path).
};

/// Searches `password`, `token`, then `pass`, `token`, `key`, `jwt` in `query`, then the path
/// (key_value_of_path), and returns the first text that has the form of a key value; blanks and the
/// word "Bearer" around it, which are often pasted with it, are removed first (not in the path).
/// Other texts are ignored, so that a device that requires a user name and a password can still
/// publish to its key. Returns an empty optional if there is none.
std::optional<PublishCredential> find_credential(const PublishRequest& request);

/// Returns `text` without what a user pastes together with a secret: blanks, and the scheme of a
/// whole header value, which OBS sends as "Bearer Bearer sk_…".
std::string_view without_pasted_parts(std::string_view text);

/// Returns whether a key value is in the user name or in a query member that is not read as a
/// credential. Call it if `find_credential` finds none.
bool has_misplaced_key(const PublishRequest& request);

/// Returns true if the request contains a credential of any form.
bool has_credential(const PublishRequest& request);

}  // namespace rescuestream
