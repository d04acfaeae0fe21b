#include "rules/audit_chain.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "support/crypto.hpp"

namespace rescuestream::rules {
namespace {

constexpr std::size_t kMostFindings = 1'000;

/// Collects values so that two different lists never give the same text.
class Digested {
public:
    explicit Digested(std::string_view purpose) { add(purpose); }

    void add(std::string_view text) {
        text_.append(std::to_string(text.size())).append(":").append(text);
    }
    void add(const std::optional<std::string>& text) {
        if (!text) {
            text_ += '-';
        } else {
            add(std::string_view(*text));
        }
    }
    void add(std::int64_t number) { add(std::string_view(std::to_string(number))); }
    void add(Timestamp time) { add(std::int64_t{time.time_since_epoch().count()}); }
    void add(const KeyDigest& digest) {
        add(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
    }
    void add(const Uuid& id) { add(std::string_view(id.to_string())); }

    KeyDigest digest() const { return sha256(text_); }

private:
    std::string text_;
};

AuditSeal without_entries(const AuditSeal& seal) {
    AuditSeal head = seal;
    head.entries.clear();
    return head;
}

AuditSeal after(const std::optional<AuditSeal>& newest, Timestamp now) {
    AuditSeal seal;
    seal.number = newest ? newest->number + 1 : 1;
    if (newest) {
        seal.previous = newest->digest;
        seal.through = newest->through;
        seal.cut_entries = newest->cut_entries;
    }
    seal.sealed_at = now;
    return seal;
}

std::string numbered(std::int64_t number) {
    return "seal " + std::to_string(number);
}

}  // namespace

KeyDigest digest_of(const AuditEntry& entry) {
    Digested digested("rescuestream audit entry v1");
    digested.add(entry.id.uuid());
    digested.add(entry.timestamp);
    digested.add(std::string_view(entry.actor));
    digested.add(std::string_view(entry.action));
    digested.add(entry.resource_type);
    digested.add(entry.resource_id);
    digested.add(std::string_view(entry.request_method));
    digested.add(std::string_view(entry.request_path));
    digested.add(std::string_view(entry.ip_address));
    digested.add(to_string(entry.outcome));
    digested.add(entry.failure_reason);
    digested.add(std::string_view(entry.metadata.text()));
    digested.add(entry.request_id);
    digested.add(to_string(entry.origin));
    return digested.digest();
}

KeyDigest digest_of(const AuditSeal& seal) {
    Digested digested("rescuestream audit seal v1");
    digested.add(seal.number);
    digested.add(seal.previous);
    digested.add(seal.sealed_at);
    digested.add(seal.first_at);
    digested.add(seal.last_at);
    digested.add(seal.through.time);
    digested.add(seal.through.id);
    digested.add(std::int64_t{seal.cut_number.value_or(-1)});
    digested.add(seal.cut_digest);
    digested.add(seal.cut_entries);
    digested.add(static_cast<std::int64_t>(seal.entries.size()));
    for (const auto& entry : seal.entries) {
        digested.add(entry.id.uuid());
        digested.add(entry.digest);
    }
    return digested.digest();
}

std::string sign_seal(const KeyDigest& digest, std::string_view key) {
    if (key.empty()) return {};
    return to_hex(hmac_sha256(key, {reinterpret_cast<const char*>(digest.data()), digest.size()}));
}

AuditSeal make_seal(const std::optional<AuditSeal>& newest, const std::vector<AuditEntry>& entries,
                    Timestamp now, std::string_view key) {
    AuditSeal seal = after(newest, now);
    seal.first_at = seal.last_at = entries.front().timestamp;
    for (const auto& entry : entries) {
        seal.entries.push_back({entry.id, digest_of(entry)});
        seal.first_at = std::min(seal.first_at, entry.timestamp);
        seal.last_at = std::max(seal.last_at, entry.timestamp);
        seal.through = std::max(seal.through, Cursor{entry.timestamp, entry.id.uuid()});
    }
    seal.digest = digest_of(seal);
    seal.signature = sign_seal(seal.digest, key);
    return seal;
}

AuditSeal make_cut(const AuditSeal& newest, const AuditSeal& last, std::int64_t entries,
                   std::int64_t cut_before, Timestamp now, std::string_view key) {
    AuditSeal seal = after(newest, now);
    seal.cut_number = last.number;
    seal.cut_digest = last.digest;
    seal.cut_entries = cut_before + entries;
    seal.digest = digest_of(seal);
    seal.signature = sign_seal(seal.digest, key);
    return seal;
}

void ChainCheck::add_finding(AuditFinding finding) {
    if (result_.findings.size() < kMostFindings) {
        result_.findings.push_back(std::move(finding));
    } else {
        ++result_.more_findings;
    }
}

void ChainCheck::check_link(const AuditSeal& seal) {
    using Kind = AuditFinding::Kind;
    if (digest_of(seal) != seal.digest) {
        add_finding({Kind::kBrokenChain, std::nullopt, seal.number,
                     numbered(seal.number) + " was edited: its digest does not match it"});
    }
    if (last_ && (seal.number != last_->number + 1 || seal.previous != last_->digest)) {
        add_finding({Kind::kBrokenChain, std::nullopt, seal.number,
                     numbered(seal.number) + " does not follow " + numbered(last_->number) +
                         ": a seal was removed, edited or inserted between them"});
    }
    check_signature(seal);
    if (checkpoint_ && checkpoint_->number == seal.number) {
        saw_checkpoint_ = checkpoint_->digest == seal.digest;
    }
}

void ChainCheck::check_signature(const AuditSeal& seal) {
    // Up to a checkpoint the chain needs no signatures.
    const bool counts = !key_.empty() && (!checkpoint_ || seal.number > checkpoint_->number);
    if (!counts) return;
    if (constant_time_equal(seal.signature, sign_seal(seal.digest, key_)))
        return end_badly_signed();
    if (!badly_signed_) badly_signed_ = {seal.number, seal.number};
    badly_signed_->second = seal.number;
}

void ChainCheck::end_badly_signed() {
    if (!badly_signed_) return;
    const auto [first, last] = *badly_signed_;
    badly_signed_.reset();
    const std::string seals =
        first == last ? numbered(first) + " is"
                      : "seals " + std::to_string(first) + " to " + std::to_string(last) + " are";
    add_finding(
        {AuditFinding::Kind::kBadSignature, std::nullopt, first,
         seals + " not signed with the key of this installation: somebody without it made them, or "
                 "API_SECRET was changed since (then verify with a checkpoint from after them)"});
}

void ChainCheck::add(const AuditSeal& seal, const std::vector<AuditEntry>& found) {
    using Kind = AuditFinding::Kind;
    check_link(seal);
    std::map<Uuid, const AuditEntry*> by_id;
    for (const auto& entry : found) by_id[entry.id.uuid()] = &entry;
    for (const auto& sealed : seal.entries) {
        ++result_.entries;
        const auto entry = by_id.find(sealed.id.uuid());
        if (entry == by_id.end()) {
            add_finding({Kind::kRemoved, sealed.id, seal.number,
                         "entry " + sealed.id.to_string() + " of " + numbered(seal.number) +
                             " was removed"});
            continue;
        }
        if (digest_of(*entry->second) != sealed.digest) {
            add_finding({Kind::kEdited, sealed.id, seal.number,
                         "entry " + sealed.id.to_string() + " was edited: it differs from what " +
                             numbered(seal.number) + " contains"});
            continue;  // its time is not the one that was sealed
        }
        // The first seals contain what was written before there were any.
        const bool is_late = last_ &&
                             last_->through.time >= kLatestSeal + entry->second->timestamp &&
                             seal.sealed_at >= kLatestSeal + entry->second->timestamp;
        const bool is_early = entry->second->timestamp > seal.sealed_at + kLatestSeal;
        if (is_early) {
            add_finding({Kind::kInserted, sealed.id, seal.number,
                         "entry " + sealed.id.to_string() + " says " +
                             format_rfc3339(entry->second->timestamp) + " but was sealed at " +
                             format_rfc3339(seal.sealed_at) +
                             ": it was inserted, or its server's clock was wrong"});
        }
        if (is_late) {
            add_finding({Kind::kInserted, sealed.id, seal.number,
                         "entry " + sealed.id.to_string() + " says " +
                             format_rfc3339(entry->second->timestamp) + " but was written after " +
                             format_rfc3339(last_->sealed_at) +
                             ": it was inserted, or its server's clock was wrong"});
        }
    }
    if (seal.cut_number) newest_cut_ = without_entries(seal);
    last_ = without_entries(seal);
    if (!first_) first_ = last_;
    ++result_.seals;
}

void ChainCheck::add_unsealed(AuditEntryId id, Timestamp at) {
    if (at > now_ + kLatestSeal) {
        add_finding({AuditFinding::Kind::kInserted, id, std::nullopt,
                     "entry " + id.to_string() + " says " + format_rfc3339(at) +
                         ", which has not come yet: it was inserted, or its server's clock was "
                         "wrong"});
        return;
    }
    if (!last_ || last_->through.time < kLatestSeal + at) {
        ++result_.unsealed;
        return;
    }
    add_finding({AuditFinding::Kind::kInserted, id, std::nullopt,
                 "entry " + id.to_string() + " says " + format_rfc3339(at) +
                     " but is in no seal, although later ones are: it was inserted"});
}

void ChainCheck::add_misplaced(const std::optional<AuditEntryId>& id) {
    add_finding({AuditFinding::Kind::kInserted, id, std::nullopt,
                 id ? "entry " + id->to_string() +
                          " has a time that cannot be read and is in no seal: it was inserted"
                    : "a row has an id that cannot be read: it was inserted"});
}

AuditVerification ChainCheck::finish() {
    using Kind = AuditFinding::Kind;
    end_badly_signed();
    if (first_ && first_->number != 1) {
        const bool is_proven = newest_cut_ && newest_cut_->cut_number == first_->number - 1 &&
                               newest_cut_->cut_digest == first_->previous;
        if (!is_proven) {
            add_finding(
                {Kind::kBrokenChain, std::nullopt, first_->number,
                 "the chain begins with " + numbered(first_->number) +
                     ", and no cut of retention says that the seals before it were deleted"});
        }
    }
    if (newest_cut_) result_.cut = static_cast<std::uint64_t>(newest_cut_->cut_entries);
    if (checkpoint_ && !saw_checkpoint_) {
        const bool is_cut = first_ && checkpoint_->number < first_->number && newest_cut_;
        add_finding({Kind::kNotCheckpoint, std::nullopt, checkpoint_->number,
                     is_cut
                         ? "the checkpoint is older than what retention has kept"
                         : "the chain does not contain the seal of the checkpoint: it was replaced "
                           "or cut short"});
    }
    if (last_) result_.newest = AuditCheckpoint{last_->number, last_->digest, last_->sealed_at};
    return result_;
}

}  // namespace rescuestream::rules

namespace rescuestream {

std::string_view to_string(AuditFinding::Kind kind) noexcept {
    using enum AuditFinding::Kind;
    switch (kind) {
        case kEdited:
            return "edited";
        case kRemoved:
            return "removed";
        case kInserted:
            return "inserted";
        case kBrokenChain:
            return "broken_chain";
        case kBadSignature:
            return "bad_signature";
        case kNotCheckpoint:
            return "not_checkpoint";
    }
    return "unknown";
}

}  // namespace rescuestream
