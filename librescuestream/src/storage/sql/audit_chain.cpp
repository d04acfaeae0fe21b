#include "storage/sql/audit_chain.hpp"

#include <algorithm>
#include <set>

#include "storage/errors.hpp"
#include "storage/sealed_entries.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/statements.hpp"
#include "support/time_range.hpp"

namespace rescuestream::sql {
namespace {

AuditSeal read_seal(RowReader row) {
    AuditSeal seal;
    seal.number = row.integer();
    seal.previous = row.digest();
    seal.digest = row.digest();
    seal.sealed_at = row.time();
    seal.first_at = row.time();
    seal.last_at = row.time();
    seal.through.time = row.time();
    seal.through.id = row.id<AuditEntryId>().uuid();
    seal.cut_number = row.optional([&] { return row.integer(); });
    seal.cut_digest = row.digest();
    seal.cut_entries = row.integer();
    seal.signature = row.text();
    return seal;
}

AuditSeal read_whole_seal(RowReader row) {
    AuditSeal seal = read_seal(row);
    row.skip(kSealHeadColumnCount);
    seal.entries = read_sealed_entries(row.text());
    return seal;
}

Values values_of(const AuditSeal& seal) {
    return {seal.number,
            seal.previous,
            seal.digest,
            seal.sealed_at,
            seal.first_at,
            seal.last_at,
            seal.through.time,
            seal.through.id,
            nullable(seal.cut_number),
            seal.cut_digest,
            seal.cut_entries,
            seal.signature,
            write_sealed_entries(seal.entries)};
}

Cursor read_place(RowReader row) {
    Cursor place;
    place.time = row.time();
    place.id = row.id<AuditEntryId>().uuid();
    return place;
}

std::optional<AuditSeal> newest_seal(Connection& connection) {
    return read_first(*connection.run(kNewestSeal, {}), read_seal);
}

// Calls `use(values)` for groups of ids, for a statement with kIdsAtOnce parameters; the last id is
// repeated where there are fewer.
template <class Ids, class Use>
void in_groups(const Ids& ids, Use use) {
    for (std::size_t begin = 0; begin < ids.size(); begin += kIdsAtOnce) {
        Values values;
        for (std::size_t i = 0; i < kIdsAtOnce; ++i) {
            values.emplace_back(ids[std::min(begin + i, ids.size() - 1)].uuid());
        }
        use(values);
    }
}

// What becomes of a row that is not a valid entry.
enum class Invalid { kPlaceOnly, kLeftOut };

// Somebody may have written a row with another program. It must not hide the others.
std::optional<AuditEntry> read_audit_if_valid(RowReader row, Invalid invalid) {
    try {
        return read_audit(row);
    } catch (const Failure&) {
        if (invalid == Invalid::kLeftOut) return std::nullopt;
        AuditEntry entry;
        entry.id = row.id<AuditEntryId>();
        try {
            entry.timestamp = row.time();
        } catch (const Failure&) {
            entry.timestamp = {};
        }
        return entry;
    }
}

std::vector<AuditEntry> entries_of(Connection& connection, const std::vector<AuditEntryId>& ids,
                                   Invalid invalid) {
    std::vector<AuditEntry> entries;
    in_groups(ids, [&](const Values& values) {
        const auto rows = connection.run(kFindAuditEntries, values);
        for (std::size_t row = 0; row < rows->size(); ++row) {
            auto entry = read_audit_if_valid({*rows, row}, invalid);
            if (entry) entries.push_back(*std::move(entry));
        }
    });
    return entries;
}

}  // namespace

std::vector<Cursor> SqlAuditChain::places_after(Connection& connection, const Cursor& after,
                                                Timestamp until, std::size_t limit) const {
    static const std::string statement = audit_places_statement(dialect().is_uuid);
    const auto rows = connection.run(statement, {after.time, after.id, until, count_of(limit)});
    return read_all(*rows, read_place);
}

Result<AuditTail> SqlAuditChain::audit_tail(std::chrono::microseconds overlap, Timestamp until,
                                            std::size_t limit) {
    return read<AuditTail>([&](Connection& connection) -> Result<AuditTail> {
        AuditTail tail;
        tail.newest = newest_seal(connection);
        const Timestamp from = tail.newest ? tail.newest->through.time - overlap : kEarliestTime;
        // `through` never decreases, so these are the last seals and contain all that is sealed
        // from this time on.
        std::set<Uuid> sealed;
        for (const auto& seal : read_all(*connection.run(kSealsThrough, {from}), read_whole_seal)) {
            for (const auto& entry : seal.entries) sealed.insert(entry.id.uuid());
        }
        Cursor place{from, {}};
        // Rows that cannot be read do not count, so that no number of them hides the others.
        while (tail.unsealed.size() < limit) {
            const std::size_t wanted = limit - tail.unsealed.size();
            const std::size_t most = wanted + sealed.size();
            const auto places = places_after(connection, place, until, most);
            std::vector<AuditEntryId> missing;
            for (const auto& each : places) {
                if (missing.size() == wanted) break;
                place = each;
                if (!sealed.contains(each.id)) missing.emplace_back(each.id);
            }
            for (auto& entry : entries_of(connection, missing, Invalid::kLeftOut)) {
                tail.unsealed.push_back(std::move(entry));
            }
            if (places.size() < most) break;
        }
        std::sort(tail.unsealed.begin(), tail.unsealed.end(),
                  [](const AuditEntry& left, const AuditEntry& right) {
                      return Cursor{left.timestamp, left.id.uuid()} <
                             Cursor{right.timestamp, right.id.uuid()};
                  });
        return tail;
    });
}

Result<void> SqlAuditChain::append_audit_seal(const AuditSeal& seal) {
    return write<void>([&](Connection& connection) -> Result<void> {
        const auto newest = newest_seal(connection);
        const bool follows =
            newest ? newest->number + 1 == seal.number && newest->digest == seal.previous
                   : seal.number == 1;
        if (!follows || connection.run(kInsertSeal, values_of(seal))->size() == 0) {
            return conflict("Another program has added a seal of the audit log.");
        }
        if (!seal.cut_number) return {};
        const auto cut = read_all(*connection.run(kSealsUpTo, {*seal.cut_number}), read_whole_seal);
        for (const auto& each : cut) {
            std::vector<AuditEntryId> ids;
            for (const auto& entry : each.entries) ids.push_back(entry.id);
            in_groups(ids,
                      [&](const Values& values) { connection.run(kDeleteAuditEntries, values); });
        }
        connection.run(kDeleteSeals, {*seal.cut_number});
        return {};
    });
}

Result<std::vector<AuditSeal>> SqlAuditChain::audit_seals(std::int64_t after, std::size_t limit) {
    using Seals = std::vector<AuditSeal>;
    return read<Seals>([&](Connection& connection) -> Result<Seals> {
        return read_all(*connection.run(kSealsAfter, {after, count_of(limit)}), read_whole_seal);
    });
}

Result<std::vector<AuditEntry>> SqlAuditChain::find_audit_entries(
    const std::vector<AuditEntryId>& ids) {
    using Entries = std::vector<AuditEntry>;
    return read<Entries>([&](Connection& connection) -> Result<Entries> {
        return entries_of(connection, ids, Invalid::kPlaceOnly);
    });
}

Result<std::vector<Cursor>> SqlAuditChain::audit_places(const Cursor& after, std::size_t limit) {
    using Places = std::vector<Cursor>;
    return read<Places>([&](Connection& connection) -> Result<Places> {
        return places_after(connection, after, kLatestTime, limit);
    });
}

Result<std::vector<std::optional<AuditEntryId>>> SqlAuditChain::misplaced_audit_rows(
    std::size_t limit) {
    using Ids = std::vector<std::optional<AuditEntryId>>;
    return read<Ids>([&](Connection& connection) -> Result<Ids> {
        const auto rows = connection.run(misplaced_audit_statement(dialect().is_uuid),
                                         {kEarliestTime, kLatestTime, count_of(limit)});
        return read_all(*rows, [](RowReader row) -> std::optional<AuditEntryId> {
            try {
                return row.id<AuditEntryId>();
            } catch (const Failure&) {
                return std::nullopt;
            }
        });
    });
}

}  // namespace rescuestream::sql
