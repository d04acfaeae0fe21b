#include "storage/sql/record.hpp"

#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/step_parts.hpp"

namespace rescuestream::sql {
namespace {

constexpr int kColumnsBeforeEntry = 1;

// One call in this number removes expired signatures, several times as many as were added since.
constexpr std::uint32_t kCallsPerRemoval = 16;

// Adds the conditions of `filter` to `query`, which selects from `audit_entries a`.
void add_filter(Query& query, const AuditFilter& filter, std::string actor_contains) {
    if (filter.action) query.where("a.action = " + query.bind(*filter.action));
    if (filter.actor_contains && !filter.actor_contains->empty()) {
        const auto place = actor_contains.find("$#");
        actor_contains.replace(place, 2, query.bind(*filter.actor_contains));
        query.where(actor_contains);
    }
    if (filter.resource_type) {
        query.where("a.resource_type = " + query.bind(*filter.resource_type));
    }
    if (filter.resource_id) query.where("a.resource_id = " + query.bind(*filter.resource_id));
    if (filter.from) query.where("a.occurred_at >= " + query.bind(*filter.from));
    if (filter.to) query.where("a.occurred_at <= " + query.bind(*filter.to));
}

}  // namespace

Result<void> SqlRecord::append_audit(const AuditEntry& entry) {
    if (!dialect().append_audit.one.empty()) {
        return share<void>([&]() -> Result<void> {
            database_.share(dialect().append_audit, values_of(entry));
            return {};
        });
    }
    return write<void>([&](Connection& connection) -> Result<void> {
        write_audit(connection, entry);
        return {};
    });
}

Result<AuditPage> SqlRecord::list_audit(const AuditFilter& filter) {
    return read<AuditPage>([&](Connection& connection) -> Result<AuditPage> {
        Query conditions("");
        add_filter(conditions, filter, dialect().actor_contains);
        // One statement, so that page and total belong to the same snapshot.
        Query query = conditions;
        const auto limit = query.bind(count_of(filter.limit));
        const auto offset = query.bind(count_of(filter.offset));
        const std::string text =
            "WITH page AS (SELECT " + kAuditColumns + " FROM audit_entries a" + conditions.text() +
            " ORDER BY a.occurred_at DESC, a.id DESC LIMIT " + limit + " OFFSET " + offset +
            "), counted AS (SELECT count(*) AS total FROM audit_entries a" + conditions.text() +
            ") SELECT counted.total, a.* FROM counted LEFT JOIN page a ON TRUE "
            "ORDER BY a.occurred_at DESC, a.id DESC";
        const auto rows = connection.run(text, query.values());

        AuditPage page;
        page.total = static_cast<std::uint64_t>(rows->integer(0, 0));
        if (rows->is_null(0, kColumnsBeforeEntry)) return page;
        page.entries = read_all(*rows, [](RowReader row) {
            row.skip(kColumnsBeforeEntry);
            return read_audit(row);
        });
        return page;
    });
}

Result<Timestamp> SqlRecord::note_signature(const KeyDigest& digest, Timestamp now,
                                            Timestamp expires_at) {
    const bool removes = signatures_noted_++ % kCallsPerRemoval == 0;
    return write<Timestamp>([&](Connection& connection) -> Result<Timestamp> {
        if (removes) connection.run(remove_expired_signatures(dialect().skip_locked), {now});
        const auto rows = connection.run(kNoteSignature, {digest, now, expires_at});
        return rows->time(0, 0);
    });
}

}  // namespace rescuestream::sql
