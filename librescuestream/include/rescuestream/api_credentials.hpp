#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/address_range.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/members.hpp"
#include "rescuestream/scopes.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

class RandomSource;

/// The public part of a credential: 12 characters of a-z and 2-7.
struct ApiCredentialId {
    std::string value;

    /// Returns an empty optional for any other text.
    static std::optional<ApiCredentialId> parse(std::string_view text);
    const std::string& to_string() const noexcept { return value; }

    auto operator<=>(const ApiCredentialId&) const = default;
};

enum class ApiCredentialStatus { kActive, kRevoked, kExpired };

/// The members of a credential that can be set. Their limits and help texts are in the table of
/// src/fields/api_credential.hpp.
template <template <class> class As>
struct ApiCredentialMembers {
    As<std::string> label;
    As<Scopes> scopes;
    As<std::vector<AddressRange>> allowed_addresses;  ///< Empty: it may be used from anywhere.
    As<std::vector<BroadcasterId>> broadcasters;      ///< Empty: it is not restricted.

    bool operator==(const ApiCredentialMembers&) const = default;
};

/// What a program or a person calls the API with. The secret is not part of the record.
struct ApiCredential : ApiCredentialMembers<AsValue> {
    ApiCredentialId id;
    /// What it uses of limited amounts and numbers counts for this credential: the one without the
    /// scope admin that made it, or for which that one counts, so that nobody has more by making
    /// credentials. Empty: for itself. It never changes.
    ApiCredentialId account;
    std::string made_by;  ///< The actor that created it.
    Timestamp created_at{};
    Timestamp updated_at{};
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> revoked_at;
    std::optional<Timestamp> previous_secret_expires_at;  ///< After a rotation with overlap.
    std::optional<Timestamp> last_used_at;  ///< Up to a minute late; see StreamOrchestrator.
    std::string last_used_address;

    ApiCredentialStatus status_at(Timestamp now) const noexcept;
    /// Its name in the audit log: label and id.
    std::string actor() const { return label + " (" + id.value + ")"; }
    bool is_restricted() const noexcept { return !broadcasters.empty(); }
    /// Whether its owner may see and change what belongs to this broadcaster.
    bool covers(BroadcasterId broadcaster) const noexcept;

    bool operator==(const ApiCredential&) const = default;
};

/// Returns whether a caller must leave others room where a number or an amount is limited: it has a
/// credential (not null) without the scope admin.
bool is_limited(const ApiCredential* caller);
/// Returns the account for which the changes of a caller count. Empty: the caller is not limited.
std::string limited_account(const ApiCredential* caller);

/// Returns the name of a caller that is part of a record, as `reader` may see it: a credential that
/// is restricted to broadcasters learns its own name only, and that it was "another caller"
/// otherwise. `reader` is null for a caller who sees everything.
std::string visible_actor(std::string name, const ApiCredential* reader);

struct NewApiCredential : ApiCredentialMembers<AsValue> {
    std::optional<Timestamp> expires_at;  ///< In the future.
};

struct ApiCredentialPatch : ApiCredentialMembers<AsChange> {
    std::optional<Timestamp> expires_at;  ///< In the future.
    /// Names of members that are reset: `expires_at`, `allowed_addresses`, `broadcasters`. A member
    /// must not be both set and reset.
    std::vector<std::string> reset;
};

/// A credential and its text, which is only available now.
struct CreatedApiCredential {
    ApiCredential credential;
    Secret text;  ///< `rsc_<id>_<secret>`
};

/// The result of the check of a credential.
enum class CredentialCheckOutcome {
    kUnknown,  ///< There is no such credential, or the secret is wrong.
    kGood,
    kRevoked,            ///< The secret is right, but it was revoked.
    kExpired,            ///< The secret is right, but too old.
    kAddressNotAllowed,  ///< The secret is right, but must not be used from this address.
    kUnavailable,        ///< Changes of credentials could not be read for too long.
};

struct CheckedCredential {
    CredentialCheckOutcome outcome = CredentialCheckOutcome::kUnknown;
    std::shared_ptr<const ApiCredential> credential;  ///< Null with kUnknown and kUnavailable.
};

/// A new session of a browser and its secrets, which are only available now.
struct CreatedSession {
    Secret token;  ///< For a cookie that scripts cannot read.
    Secret csrf_token;
    Timestamp expires_at{};
};

/// The result of the check of a session. `credential` is null also for kGood when the session was
/// made with the shared secret.
struct CheckedSession : CheckedCredential {
    Secret csrf_token;  ///< With kGood: what a changing request must have, too.
    Timestamp expires_at{};
};

/// The parts of a credential's text.
struct ApiCredentialText {
    ApiCredentialId id;
    std::string_view secret;  ///< 43 characters of base64url.
};
/// Returns an empty optional if `text` is not `rsc_<id>_<secret>`.
std::optional<ApiCredentialText> split_credential(std::string_view text);

std::string_view to_string(ApiCredentialStatus value) noexcept;
template <>
std::optional<ApiCredentialStatus> parse_enum(std::string_view name) noexcept;

}  // namespace rescuestream
