#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rescuestream/audit_chain.hpp"

/// The chain of seals over the audit log, as pure functions.
namespace rescuestream::rules {

/// An entry that is sealed so long after its time was not written by this program: all entries are
/// written when they happen, and sealed within seconds. Clocks of several servers may differ by
/// minutes.
constexpr std::chrono::minutes kLatestSeal{10};

KeyDigest digest_of(const AuditEntry& entry);
/// Returns the digest of all members of a seal but `digest` and `signature`.
KeyDigest digest_of(const AuditSeal& seal);
/// Returns the signature of a seal with this digest; empty without a key.
std::string sign_seal(const KeyDigest& digest, std::string_view key);

/// Returns the seal of `entries`, which follows `newest`. There is at least one entry.
AuditSeal make_seal(const std::optional<AuditSeal>& newest, const std::vector<AuditEntry>& entries,
                    Timestamp now, std::string_view key);
/// Returns the seal that cuts off `last` and all seals before it. `entries` is the number of their
/// entries; `cut_before` that of the entries that earlier cuts have deleted.
AuditSeal make_cut(const AuditSeal& newest, const AuditSeal& last, std::int64_t entries,
                   std::int64_t cut_before, Timestamp now, std::string_view key);

/// Checks seals and entries, in the order of the seals.
///
/// Thread-safety: none.
class ChainCheck {
public:
    /// Without `key` signatures are not checked.
    ChainCheck(std::string key, std::optional<AuditCheckpoint> checkpoint, Timestamp now)
        : key_(std::move(key)), checkpoint_(checkpoint), now_(now) {
        result_.signatures_checked = !key_.empty();
    }

    /// Checks a seal, and its entries against `found`, those of them that exist.
    void add(const AuditSeal& seal, const std::vector<AuditEntry>& found);
    /// Notes an entry that is in no seal.
    void add_unsealed(AuditEntryId id, Timestamp at);
    /// Notes a row whose time, or whose id (empty), cannot be read, and which is in no seal.
    void add_misplaced(const std::optional<AuditEntryId>& id);
    /// Checks what can only be said at the end.
    AuditVerification finish();

    std::uint64_t entries() const noexcept { return result_.entries; }

private:
    void add_finding(AuditFinding finding);
    void check_link(const AuditSeal& seal);
    void check_signature(const AuditSeal& seal);
    void end_badly_signed();

    const std::string key_;
    std::optional<AuditCheckpoint> checkpoint_;
    const Timestamp now_;
    bool saw_checkpoint_ = false;
    std::optional<AuditSeal> first_;  // without entries
    std::optional<AuditSeal> last_;
    std::optional<AuditSeal> newest_cut_;
    // The first and the last of the present row of seals whose signature is not right.
    std::optional<std::pair<std::int64_t, std::int64_t>> badly_signed_;
    AuditVerification result_;
};

}  // namespace rescuestream::rules
