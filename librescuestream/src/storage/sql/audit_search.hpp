#pragma once

#include <cstddef>
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
/// names an actor, an action or a type reads all entries of the resource, in the index alone.
class AuditSearch {
public:
    /// Binds the values of `filter` to `query`. `most`: the largest limit of the texts below;
    /// empty: there is none. `before`: only entries that follow this place in the order.
    AuditSearch(Query& query, const AuditFilter& filter, const Dialect& dialect,
                std::optional<std::size_t> most,
                const std::optional<Cursor>& before = std::nullopt);

    /// The WITH clause that statements with the texts below begin with, with `more` at its end;
    /// empty: nothing.
    std::string with(const std::string& more) const;
    /// A SELECT of `columns` of the entries `a`, with those that are among the first `limit` in the
    /// order; it may return more, in any order. `limit` is a placeholder; empty: all.
    std::string entries(const std::string& columns, const std::string& limit) const;
    /// A SELECT with a row for each entry that matches; at least `limit` rows if so many match.
    std::string matches(const std::string& limit) const;

private:
    struct Part {
        std::string groups;  // a SELECT of what is searched one by one; empty: one search
        std::string conditions;
        std::string order;
    };

    template <class Text>
    std::string parts_joined(Text text_of) const;
    // For a dialect in which a part of a join can be a search for each group.
    std::string laterals(const std::string& columns, const std::string& limit) const;
    // The other one finds the groups with the time of their newest entry once, and reads only
    // indexes until it knows the rows: to read a row costs ten times as much as a place in an
    // index.
    static std::string name_of_groups(std::size_t part);
    static std::string one_search(const Part& part, const std::string& columns,
                                  const std::string& limit);
    static std::string each_group(const Part& part, const std::string& groups,
                                  const std::string& columns);
    // The condition that an entry is as new as the first `limit` of one of the groups: all others
    // are behind those.
    static std::string not_older(const Part& part, const std::string& groups,
                                 const std::string& limit);
    void add(const std::string& groups, const std::vector<std::string>& conditions);
    void add_without_type(const std::string& groups, std::vector<std::string> conditions);
    void search_subjects(Query& query, const AuditFilter& filter, std::optional<std::size_t> most);
    void search_kinds();
    void search_kinds_by_actor();

    const Dialect& dialect_;
    // Page and total come from one look at the entries of a resource, which all have to be read.
    bool is_read_once_ = false;
    std::string most_;                    // a placeholder, or empty
    std::string action_, type_, actors_;  // conditions, and a SELECT of names; empty: open
    std::vector<std::string> always_;     // conditions of all parts
    std::vector<Part> parts_;
};

}  // namespace rescuestream::sql
