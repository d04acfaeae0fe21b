#include "orchestrator/audit_keeper.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "orchestrator/counted_storage.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/settings.hpp"
#include "rules/audit_chain.hpp"
#include "support/crypto.hpp"
#include "support/time_range.hpp"

namespace rescuestream {
namespace {

using std::chrono::seconds;

// A seal costs its reader and its hashing about ten milliseconds.
constexpr std::size_t kEntriesOfSeal = 1'000;
// Transactions are committed within seconds. What comes later (a clock that is behind) is found by
// a longer search every few minutes.
constexpr seconds kShortOverlap{5};
constexpr std::uint32_t kTicksPerLongSearch = 300;
constexpr std::uint32_t kTicksPerCut = 60;
constexpr std::size_t kSealsOfCut = 50;
constexpr std::size_t kSealsAtOnce = 8;
constexpr std::size_t kPlacesAtOnce = 10'000;
// A program that stops seals at most for so long.
constexpr seconds kLongestFinish{1};

// Everybody who has the secret of the installation can sign, and whoever can only write the
// database cannot.
std::string signing_key(const Secret& installation) {
    if (installation.empty()) return {};
    return to_hex(hmac_sha256(installation.reveal(), "rescuestream audit chain v1"));
}

}  // namespace

AuditKeeper::AuditKeeper(const RequestDependencies& dependencies, Logger& logger)
    : d_(dependencies), logger_(logger), key_(signing_key(dependencies.settings.control_secret)) {}

Result<bool> AuditKeeper::seal_some(std::chrono::microseconds overlap) {
    const std::lock_guard lock(sealing_);
    const Timestamp now = d_.clock.now();
    // A later entry waits for its time: once sealed, it would hide all entries before it from the
    // searches to come.
    const auto tail = d_.storage.audit_tail(overlap, now + kShortOverlap, kEntriesOfSeal);
    if (!tail) return tail.error();
    if (auto kept = check_newest(tail->newest); !kept) return std::move(kept).error();
    if (tail->unsealed.empty()) return false;
    const AuditSeal seal = rules::make_seal(tail->newest, tail->unsealed, now, key_);
    const auto sealed = d_.storage.append_audit_seal(seal);
    // Another program may have been faster; the next call sees what it has left.
    if (!sealed && sealed.error().code != ErrorCode::kConflict) return sealed.error();
    if (sealed) newest_ = AuditCheckpoint{seal.number, seal.digest, seal.sealed_at};
    return tail->unsealed.size() == kEntriesOfSeal || !sealed;
}

// A new seal would confirm what was done to the entries of seals that are gone.
Result<void> AuditKeeper::check_newest(const std::optional<AuditSeal>& newest) {
    const bool is_kept =
        !newest_ ||
        (newest && (newest->number > newest_->number ||
                    (newest->number == newest_->number && newest->digest == newest_->digest)));
    if (!is_kept) {
        return Error{ErrorCode::kInternal,
                     "The newest seals of the audit log were removed or replaced: seal " +
                         std::to_string(newest_->number) +
                         " is not there. Nothing is sealed until this program is started again.",
                     {},
                     {}};
    }
    if (newest) newest_ = AuditCheckpoint{newest->number, newest->digest, newest->sealed_at};
    return {};
}

Result<void> AuditKeeper::cut_some() {
    const Timestamp expired = d_.clock.now() - d_.settings.audit_retention;
    const auto tail = d_.storage.audit_tail(seconds(0), d_.clock.now(), 0);
    if (!tail) return tail.error();
    const auto seals = d_.storage.audit_seals(0, kSealsOfCut);
    if (!seals) return seals.error();
    const AuditSeal* last = nullptr;
    std::int64_t entries = 0;
    for (const auto& seal : *seals) {
        if (seal.last_at >= expired || seal.sealed_at >= expired) break;
        if (!tail->newest || seal.number >= tail->newest->number) break;
        entries += static_cast<std::int64_t>(seal.entries.size());
        last = &seal;
    }
    if (last == nullptr) return {};
    const auto cut = d_.storage.append_audit_seal(rules::make_cut(
        *tail->newest, *last, entries, tail->newest->cut_entries, d_.clock.now(), key_));
    if (!cut && cut.error().code != ErrorCode::kConflict) return cut.error();
    return {};
}

void AuditKeeper::tick() {
    const bool is_long = ticks_ % kTicksPerLongSearch == 0;
    const bool cuts = d_.settings.audit_retention.count() > 0 && ticks_ % kTicksPerCut == 0;
    ++ticks_;
    auto done = seal_some(is_long ? std::chrono::microseconds(rules::kLatestSeal) : kShortOverlap);
    // Twice as many a second while there is a backlog.
    if (done && *done) done = seal_some(kShortOverlap);
    Result<void> cut;
    if (done && cuts) cut = cut_some();
    const bool has_failed = !done || !cut;
    if (has_failed && !has_failed_) {
        const Error& error = done ? cut.error() : done.error();
        logger_.warning("the audit log could not be sealed; this is tried again every second",
                        {{"error", error.message}, {"detail", error.detail}});
    }
    has_failed_ = has_failed;
}

void AuditKeeper::finish() {
    const auto latest = std::chrono::steady_clock::now() + kLongestFinish;
    while (std::chrono::steady_clock::now() < latest) {
        const auto more = seal_some(kShortOverlap);
        if (!more) {
            logger_.warning("the last entries of the audit log are not sealed",
                            {{"error", more.error().message}, {"detail", more.error().detail}});
        }
        if (!more || !*more) return;
    }
}

Result<AuditCheckpoint> AuditKeeper::checkpoint() {
    while (true) {
        const auto more = seal_some(rules::kLatestSeal);
        if (!more) return more.error();
        if (!*more) break;
    }
    const auto tail = d_.storage.audit_tail(seconds(0), d_.clock.now(), 0);
    if (!tail) return tail.error();
    if (!tail->newest) {
        return Error{ErrorCode::kNotFound, "The audit log has no entries yet.", {}, {}};
    }
    return AuditCheckpoint{tail->newest->number, tail->newest->digest, tail->newest->sealed_at};
}

Result<AuditVerification> AuditKeeper::verify(const std::optional<AuditCheckpoint>& checkpoint,
                                              const AuditProgress& progress) {
    rules::ChainCheck check(key_, checkpoint, d_.clock.now());
    std::vector<Uuid> sealed;
    std::int64_t after = 0;
    while (true) {
        const auto seals = d_.storage.audit_seals(after, kSealsAtOnce);
        if (!seals) return seals.error();
        if (seals->empty()) break;
        for (const auto& seal : *seals) {
            std::vector<AuditEntryId> ids;
            for (const auto& entry : seal.entries) ids.push_back(entry.id);
            const auto found = d_.storage.find_audit_entries(ids);
            if (!found) return found.error();
            check.add(seal, *found);
            for (const auto& id : ids) sealed.push_back(id.uuid());
            after = seal.number;
        }
        if (progress) progress(check.entries());
    }
    std::sort(sealed.begin(), sealed.end());
    Cursor place{kEarliestTime, {}};
    while (true) {
        const auto places = d_.storage.audit_places(place, kPlacesAtOnce);
        if (!places) return places.error();
        if (places->empty()) break;
        for (const auto& each : *places) {
            if (!std::binary_search(sealed.begin(), sealed.end(), each.id)) {
                check.add_unsealed(AuditEntryId(each.id), each.time);
            }
        }
        place = places->back();
    }
    const auto misplaced = d_.storage.misplaced_audit_rows(kPlacesAtOnce);
    if (!misplaced) return misplaced.error();
    for (const auto& id : *misplaced) {
        const bool is_sealed = id && std::binary_search(sealed.begin(), sealed.end(), id->uuid());
        if (!is_sealed) check.add_misplaced(id);  // otherwise it was edited, which is told
    }
    return check.finish();
}

}  // namespace rescuestream
