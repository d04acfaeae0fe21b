#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rescuestream/audit.hpp"
#include "rescuestream/paging.hpp"
#include "storage/sql/database.hpp"

namespace rescuestream::sql {

class Query;

/// The order of all searches.
inline const std::string kNewestFirst = " ORDER BY a.occurred_at DESC, a.id DESC";

/// A search in the audit log that reads no more entries than it returns, whatever is searched and
/// however long the log is.
///
/// The entries are found by an index on what the filter names, followed by the time: the resource;
/// action and resource type; actor, action and resource type. If the filter leaves a column in the
/// middle open, each value that it has is searched by itself. So is each name that contains the
/// part of an actor's name, and each part of an incident. Only a search for one resource that also
/// names an actor, an action or a type reads all entries of the resource.
class AuditSearch {
public:
    /// Binds the values of `filter` to `query`. `before`: only entries that follow this place in
    /// the order.
    AuditSearch(Query& query, const AuditFilter& filter, const Dialect& dialect,
                const std::optional<Cursor>& before = std::nullopt);

    /// A SELECT of `columns` of the entries `a`, with those that are among the first `limit` in the
    /// order; it may return more, in any order. `limit` is a placeholder.
    std::string select(const std::string& columns, const std::string& limit) const;

private:
    struct Part {
        std::string groups;  // a SELECT of what is searched one by one; empty: one search
        std::string conditions;
        std::string order;
    };

    void add(const std::string& groups, const std::vector<std::string>& conditions);
    void add_without_type(const std::string& groups, std::vector<std::string> conditions);
    void search_subjects(Query& query, const AuditFilter& filter);
    void search_kinds();
    void search_kinds_by_actor();

    const Dialect& dialect_;
    std::string action_, type_, actors_;  // conditions, and a SELECT of names; empty: open
    std::vector<std::string> always_;     // conditions of all parts
    std::vector<Part> parts_;
};

}  // namespace rescuestream::sql
