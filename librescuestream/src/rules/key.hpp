#pragma once

#include <optional>
#include <string>

#include "rescuestream/claims.hpp"

/// The rules: what may be done and what follows from what is seen. Pure functions over records:
/// no clock, no storage, no input and output. Storages, memory and the orchestrator call them, so
/// that each rule stands here once. Where SQL has to repeat one, a test of the storages holds it to
/// the rule cell by cell (tests/conformance/storage/rules_test.cpp).
///
/// Thread-safety: all functions from any thread.
namespace rescuestream::rules {

/// What decides whether one value of a key may be used to publish, without the record that it was
/// taken from. Absent times: no such limit.
struct KeyTerms {
    bool is_revoked = false;
    std::optional<Timestamp> value_expires_at;  ///< Of a value from before a rotation.
    std::optional<Timestamp> expires_at;        ///< Of the key.
    bool is_disabled = false;                   ///< The key or its broadcaster.
    std::optional<Timestamp> blocked_until;
    bool is_own_path = true;  ///< False: the path that is published to is not the key's own.
};

/// May this key be used at `now`? kGranted, or the first of ClaimDecision that refuses it, up to
/// kWrongPath. (Never kUnknownKey: there is a key.) A limit holds from its own moment on.
ClaimDecision judge_key(const KeyTerms& terms, Timestamp now) noexcept;

/// The same for `value`, which a publisher sent, by the fact of the key that has it or had it.
/// kUnknownKey: the key was deleted, or never had this value, or has lost it. `path` as in
/// ClaimRequest.
ClaimDecision judge_key(const KeyFact& fact, const KeyDigest& value,
                        const std::optional<std::string>& path, Timestamp now) noexcept;

/// The key or its broadcaster is disabled, or the key has a policy that this program does not know.
bool is_disabled(const KeyFact& fact) noexcept;

/// `value` is the one from before the key's last rotation.
bool is_previous_value(const KeyFact& fact, const KeyDigest& value) noexcept;

}  // namespace rescuestream::rules
