#pragma once

#include <optional>
#include <string>

#include "rescuestream/claims.hpp"

/// The rules: which requests are permitted, and what follows from observations. They are pure
/// functions over records, without a clock, a storage or input and output. Storages and the
/// orchestrator call them, so that each rule exists only here. Where SQL has to repeat a rule, a
/// test of the storages compares both case by case (tests/conformance/storage/rules_test.cpp).
///
/// Thread-safety: all functions may be called from any thread.
namespace rescuestream::rules {

/// The data that decide whether one value of a key may be used to publish, independent of the
/// record that contains them. An empty time means that there is no such limit.
struct KeyTerms {
    bool is_revoked = false;
    std::optional<Timestamp> value_expires_at;  ///< Only for a value from before a rotation.
    std::optional<Timestamp> expires_at;        ///< Of the key.
    bool is_disabled = false;                   ///< The key or its broadcaster.
    std::optional<Timestamp> blocked_until;
    bool is_own_path = true;  ///< False: the path of the request is not the key's own.
};

/// Decides whether this key may be used at `now`. Returns kGranted, or the first refusal in the
/// order of ClaimDecision up to kWrongPath. (Never kUnknownKey, because there is a key.) A limit
/// applies from its own time on.
ClaimDecision judge_key(const KeyTerms& terms, Timestamp now) noexcept;

/// The same for `value`, which a publisher sent, by the fact of the key that has it or had it.
/// kUnknownKey: the key was deleted, never had this value, or does not have it any more. `path` has
/// the meaning of ClaimRequest::path.
ClaimDecision judge_key(const KeyFact& fact, const KeyDigest& value,
                        const std::optional<std::string>& path, Timestamp now) noexcept;

/// Returns false if a newer release has given the key a policy that this program does not know, or
/// if the policies could not be read: then nobody may publish with it.
bool are_understood(const StreamKeyPolicies& policies);

/// Returns who may watch the key's path; empty: the installation's policy applies. What is not
/// understood may limit that, so a token is needed unless the policy itself is known.
std::optional<PlaybackPolicy> playback_policy_of(const StreamKeyPolicies& policies);

/// The key or its broadcaster is disabled, or its policies are not understood.
bool is_disabled(const KeyFact& fact) noexcept;

/// Marks the policies of a key whose row cannot be read completely: like those of a newer release,
/// they make the key unusable.
void mark_unreadable(StreamKeyPolicies& policies);
bool is_unreadable(const StreamKeyPolicies& policies);

/// Returns whether `value` is the one from before the key's last rotation.
bool is_previous_value(const KeyFact& fact, const KeyDigest& value) noexcept;

}  // namespace rescuestream::rules
