#include "storage/sql/record.hpp"

#include <algorithm>

#include "storage/sql/audit_search.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/row_sources.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/step_parts.hpp"

namespace rescuestream::sql {
namespace {

constexpr int kColumnsBeforeEntry = 1;

// One call in this number removes expired signatures, several times as many as were added since.
constexpr std::uint32_t kCallsPerRemoval = 16;

}  // namespace

Result<void> SqlRecord::append_audit(const AuditDraft& entry) {
    if (is_shared(dialect().append_audit, entry)) {
        return share<void>([&]() -> Result<void> {
            database_.share(dialect().append_audit, values_of(entry.without_names()));
            return {};
        });
    }
    return write<void>([&](Connection& connection) -> Result<void> {
        write_audit(connection, entry.complete());
        return {};
    });
}

Result<AuditPage> SqlRecord::list_audit(const AuditFilter& filter) {
    return read<AuditPage>([&](Connection& connection) -> Result<AuditPage> {
        Query query{""};
        const auto most_counted = static_cast<std::size_t>(kMostCountedEntries) + 1;
        const AuditSearch search(query, filter, dialect(),
                                 std::max(filter.limit + filter.offset, most_counted));
        // One statement, so that page and total belong to the same snapshot. The order of what is
        // counted keeps the planner from collecting all matches before it applies the limit.
        const auto limit = query.bind(count_of(filter.limit));
        const auto offset = query.bind(count_of(filter.offset));
        const auto seen = query.bind(count_of(filter.limit + filter.offset));
        const auto counted = query.bind(count_of(most_counted));
        const std::string text =
            search.with("page AS (SELECT * FROM (" + search.entries(kAuditColumns, seen) + ") a" +
                        kNewestFirst + " LIMIT " + limit + " OFFSET " + offset +
                        "), counted AS (SELECT count(*) AS total FROM (SELECT 1 FROM (" +
                        search.matches(counted) + ") m LIMIT " + counted + ") c)") +
            "SELECT counted.total, a.* FROM counted LEFT JOIN page a ON TRUE" + kNewestFirst;
        const auto rows = connection.run(text, query.values());

        AuditPage page;
        page.total = static_cast<std::uint64_t>(rows->integer(0, 0));
        page.total_is_exact = page.total <= kMostCountedEntries;
        if (rows->is_null(0, kColumnsBeforeEntry)) return page;
        page.entries =
            read_readable(*rows, behind(kColumnsBeforeEntry, kAuditRows), unreadable(), read_audit);
        return page;
    });
}

Result<Page<AuditEntry>> SqlRecord::export_audit(const AuditFilter& filter,
                                                 const PageRequest& page) {
    return read<Page<AuditEntry>>([&](Connection& connection) {
        Query query{""};
        // One row more shows whether there is a next page.
        const auto most = page.limit ? std::optional(*page.limit + 1) : std::nullopt;
        const AuditSearch search(query, filter, dialect(), most, page.after);
        const auto limit = most ? query.bind(count_of(*most)) : std::string();
        const std::string text = search.with({}) + "SELECT * FROM (" +
                                 search.entries(kAuditColumns, limit) + ") a" + kNewestFirst +
                                 (limit.empty() ? "" : " LIMIT " + limit);
        const auto rows = connection.run(text, query.values());
        Page<AuditEntry> result;
        std::size_t count = rows->size();
        if (page.limit && count > *page.limit) {
            count = *page.limit;
            const PageOfRows of{kAuditRows, "a.occurred_at", "a.id", unreadable()};
            result.next = last_place<Uuid>(*rows, count, of);
            if (!result.next)
                throw Failure{Failure::Kind::kDefect, "no entry of a page has a place"};
        }
        result.items = read_readable(*rows, kAuditRows, unreadable(), read_audit, count);
        return result;
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
