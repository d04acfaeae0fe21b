#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// An audit entry in a seal.
struct SealedEntry {
    AuditEntryId id;
    KeyDigest digest{};  ///< Of the whole entry.

    bool operator==(const SealedEntry&) const = default;
};

/// One link of the chain that makes changes of the audit log visible. A seal contains the digests
/// of the entries that were written since the seal before, and the digest of that seal.
struct AuditSeal {
    std::int64_t number = 0;  ///< 1, 2, 3, …
    KeyDigest previous{};     ///< The digest of the seal before; zeros for the first one.
    KeyDigest digest{};       ///< Of all other members, except the signature.
    Timestamp sealed_at{};
    std::vector<SealedEntry> entries;
    Timestamp first_at{}, last_at{};  ///< The earliest and the latest time of its entries.
    /// The last place in the log, by (time, id), that this seal or one before it contains.
    Cursor through;
    /// With a number, the seal is a cut: retention has deleted all seals up to this number, of
    /// which the last had `cut_digest`, and their entries.
    std::optional<std::int64_t> cut_number;
    KeyDigest cut_digest{};
    std::int64_t cut_entries = 0;  ///< Number of entries that all cuts have deleted so far.
    /// HMAC-SHA256 of the digest with the key of the installation, as hexadecimal digits; empty:
    /// the program that made it had none.
    std::string signature;
};

/// What follows the newest seal.
struct AuditTail {
    std::optional<AuditSeal> newest;  ///< Without its entries.
    /// Entries that are in no seal, by (time, id).
    std::vector<AuditEntry> unsealed;
};

/// The newest seal, to be kept outside of the database. Whoever has it later can prove that nothing
/// up to it was changed, also by somebody who can write the database and has the key.
struct AuditCheckpoint {
    std::int64_t number = 0;
    KeyDigest digest{};
    Timestamp sealed_at{};
};

/// What `verify_audit` has found.
struct AuditFinding {
    enum class Kind {
        kEdited,         ///< The entry differs from what was sealed.
        kRemoved,        ///< A sealed entry does not exist.
        kInserted,       ///< The entry was written long after its time, or is in no seal.
        kBrokenChain,    ///< A seal was changed, or one is missing.
        kBadSignature,   ///< A seal was signed with another key, or not at all.
        kNotCheckpoint,  ///< The chain does not contain the seal of the checkpoint.
    };
    Kind kind = Kind::kEdited;
    std::optional<AuditEntryId> entry;
    std::optional<std::int64_t> seal;
    std::string text;  ///< One sentence for people.
};

std::string_view to_string(AuditFinding::Kind kind) noexcept;

struct AuditVerification {
    std::vector<AuditFinding> findings;  ///< At most 1,000.
    std::uint64_t more_findings = 0;     ///< How many were left out.
    std::uint64_t entries = 0;           ///< Sealed entries that were compared.
    std::uint64_t unsealed = 0;          ///< Entries that are too new to be sealed.
    std::uint64_t cut = 0;               ///< Entries that retention has deleted.
    std::int64_t seals = 0;
    bool signatures_checked = false;  ///< The program has the key of the installation.
    std::optional<AuditCheckpoint> newest;
};

/// Called with the number of entries that were compared so far.
using AuditProgress = std::function<void(std::uint64_t entries)>;

}  // namespace rescuestream
