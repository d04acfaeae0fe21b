#include "storage/sql/record.hpp"

#include "storage/sql/incident_scope.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/step_parts.hpp"

namespace rescuestream::sql {
namespace {

constexpr int kColumnsBeforeEntry = 1;

// One call in this number removes expired signatures, several times as many as were added since.
constexpr std::uint32_t kCallsPerRemoval = 16;

// Adds the conditions of `filter` but that on the actor.
void add_plain_filter(Query& query, const AuditFilter& filter) {
    if (filter.action) query.where("a.action = " + query.bind(*filter.action));
    if (filter.resource_type) {
        query.where("a.resource_type = " + query.bind(*filter.resource_type));
    }
    if (filter.resource_id) query.where("a.resource_id = " + query.bind(*filter.resource_id));
    if (filter.from) query.where("a.occurred_at >= " + query.bind(*filter.from));
    if (filter.to) query.where("a.occurred_at <= " + query.bind(*filter.to));
}

// `text` contains `$#` where the part of the actor's name belongs.
std::string with_part(std::string text, const std::string& placeholder) {
    return text.replace(text.find("$#"), 2, placeholder);
}

bool has_actor(const AuditFilter& filter) {
    return filter.actor_contains && !filter.actor_contains->empty();
}

void add_actor(Query& query, const AuditFilter& filter, const Dialect& dialect) {
    if (!has_actor(filter)) return;
    query.where(with_part(dialect.actor_contains, query.bind(*filter.actor_contains)));
}

// Adds the times of the filter's incident. Returns a SELECT of the ids of what it consists of.
std::string add_incident(Query& query, const AuditFilter& filter, const Dialect& dialect) {
    const auto incident = query.bind(filter.incident_id->uuid());
    query.where(during_incident(incident, "a.occurred_at", "a.occurred_at"));
    return subjects_of_incident(dialect, incident);
}

// The entries that match, as a SELECT. With an actor or an incident, each matching name or id is
// searched by itself where the dialect can do that: the planner cannot know how many entries they
// have.
struct Matches {
    Query conditions{""};
    std::string names;  // a SELECT of the names; empty: `conditions` contains all

    Matches(const AuditFilter& filter, const Dialect& dialect) {
        const bool has_lateral = !dialect.matching_actors.empty();
        add_plain_filter(conditions, filter);
        if (filter.incident_id) {
            const auto subjects = add_incident(conditions, filter, dialect);
            conditions.where(has_lateral ? "a.resource_id = n.name"
                                         : "a.resource_id IN (" + subjects + ")");
            if (has_lateral) names = subjects;
        }
        if (filter.incident_id || !has_lateral) {
            add_actor(conditions, filter, dialect);
        } else if (has_actor(filter)) {
            names = with_part(dialect.matching_actors, conditions.bind(*filter.actor_contains));
            conditions.where("a.actor = n.name");
        }
    }

    // `columns` of the entries; `tail` orders and limits them.
    std::string select(const std::string& columns, const std::string& tail) const {
        const std::string entries =
            "SELECT " + columns + " FROM audit_entries a" + conditions.text() + tail;
        if (names.empty()) return entries;
        return "SELECT e.* FROM (" + names + ") n CROSS JOIN LATERAL (" + entries + ") e";
    }
};

const std::string kNewestFirst = " ORDER BY a.occurred_at DESC, a.id DESC";

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
        const Matches matches(filter, dialect());
        // One statement, so that page and total belong to the same snapshot. The order of what is
        // counted keeps the planner from collecting all matches before it applies the limit.
        Query query = matches.conditions;
        const auto limit = query.bind(count_of(filter.limit));
        const auto offset = query.bind(count_of(filter.offset));
        const auto seen = query.bind(count_of(filter.limit + filter.offset));
        const auto counted =
            query.bind(count_of(static_cast<std::size_t>(kMostCountedEntries) + 1));
        const std::string text =
            "WITH page AS (SELECT * FROM (" +
            matches.select(kAuditColumns, kNewestFirst + " LIMIT " + seen) + ") a" + kNewestFirst +
            " LIMIT " + limit + " OFFSET " + offset +
            "), counted AS (SELECT count(*) AS total FROM (SELECT 1 FROM (" +
            matches.select("1 AS one", kNewestFirst + " LIMIT " + counted) + ") m LIMIT " +
            counted + ") c) SELECT counted.total, a.* FROM counted LEFT JOIN page a ON TRUE" +
            kNewestFirst;
        const auto rows = connection.run(text, query.values());

        AuditPage page;
        page.total = static_cast<std::uint64_t>(rows->integer(0, 0));
        page.total_is_exact = page.total <= kMostCountedEntries;
        if (rows->is_null(0, kColumnsBeforeEntry)) return page;
        page.entries = read_all(*rows, [](RowReader row) {
            row.skip(kColumnsBeforeEntry);
            return read_audit(row);
        });
        return page;
    });
}

Result<Page<AuditEntry>> SqlRecord::export_audit(const AuditFilter& filter,
                                                 const PageRequest& page) {
    return read<Page<AuditEntry>>([&](Connection& connection) {
        // The names are a plain condition here: the whole log is read in its order.
        Query query("SELECT " + kAuditColumns + " FROM audit_entries a");
        add_plain_filter(query, filter);
        if (filter.incident_id) {
            query.where("a.resource_id IN (" + add_incident(query, filter, dialect()) + ")");
        }
        add_actor(query, filter, dialect());
        return run_page(connection, std::move(query), page, "a.occurred_at", "a.id", read_audit,
                        [](const AuditEntry& entry) {
                            return Cursor{entry.timestamp, entry.id.uuid()};
                        });
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
