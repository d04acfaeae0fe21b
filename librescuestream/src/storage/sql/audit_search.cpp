#include "storage/sql/audit_search.hpp"

#include <cstdint>
#include <limits>

#include "storage/sql/incident_scope.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

std::string joined(const std::vector<std::string>& conditions) {
    std::string text;
    for (const auto& each : conditions) text += (text.empty() ? "" : " AND ") + each;
    return text;
}

// `text` contains `$#` where the part of the actor's name belongs.
std::string with_part(std::string text, const std::string& placeholder) {
    return text.replace(text.find("$#"), 2, placeholder);
}

std::string smallest(const std::string& column, const std::string& conditions) {
    return "(SELECT a." + column + " FROM audit_entries a WHERE " + conditions + " ORDER BY a." +
           column + " LIMIT 1)";
}

// A SELECT of `name`, the values except NULL that `column` has in entries with `conditions`. It
// reads one entry of an index for each.
std::string values_of(const std::string& column, std::string conditions) {
    if (!conditions.empty()) conditions += " AND ";
    return "WITH RECURSIVE t(name) AS (SELECT " +
           smallest(column, conditions + "a." + column + " IS NOT NULL") + " UNION ALL SELECT " +
           smallest(column, conditions + "a." + column + " > t.name") +
           " FROM t WHERE t.name IS NOT NULL) SELECT name FROM t WHERE name IS NOT NULL";
}

// The same for each of `actors`: a SELECT of `actor` and `name`.
std::string values_by_actor(const std::string& actors, const std::string& column,
                            std::string conditions) {
    if (!conditions.empty()) conditions += " AND ";
    return "WITH RECURSIVE t(actor, name) AS (SELECT n.name, " +
           smallest(column, "a.actor = n.name AND " + conditions + "a." + column + " IS NOT NULL") +
           " FROM (" + actors + ") n UNION ALL SELECT t.actor, " +
           smallest(column, "a.actor = t.actor AND " + conditions + "a." + column + " > t.name") +
           " FROM t WHERE t.name IS NOT NULL) SELECT actor, name FROM t WHERE name IS NOT NULL";
}

// In a form that may stand in a UNION.
std::string whole(const std::string& search) {
    return "SELECT e.* FROM (" + search + ") e";
}

}  // namespace

AuditSearch::AuditSearch(Query& query, const AuditFilter& filter, const Dialect& dialect,
                         std::optional<std::size_t> most, const std::optional<Cursor>& before)
    : dialect_(dialect) {
    if (filter.action) action_ = "a.action = " + query.bind(*filter.action);
    if (filter.resource_type) type_ = "a.resource_type = " + query.bind(*filter.resource_type);
    if (filter.actor_contains && !filter.actor_contains->empty()) {
        actors_ = with_part(dialect.matching_actors, query.bind(*filter.actor_contains));
    }
    if (filter.origin) {
        const auto origin = query.bind(std::string(to_string(*filter.origin)));
        always_.push_back(hidden("a.origin = " + origin));
    }
    if (filter.from) always_.push_back("a.occurred_at >= " + query.bind(*filter.from));
    if (filter.to) always_.push_back("a.occurred_at <= " + query.bind(*filter.to));
    if (before) {
        const auto time = query.bind(before->time);
        always_.push_back("(a.occurred_at, a.id) < (" + time + ", " + query.bind(before->id) + ")");
    }
    if (filter.resource_id || filter.incident_id) {
        search_subjects(query, filter, most);
    } else if (actors_.empty()) {
        search_kinds();
    } else {
        search_kinds_by_actor();
    }
}

// The other conditions are in a form by which no other index is chosen.
void AuditSearch::search_subjects(Query& query, const AuditFilter& filter,
                                  std::optional<std::size_t> most) {
    std::vector<std::string> conditions;
    if (filter.resource_id) {
        conditions.push_back("a.resource_id = " + query.bind(*filter.resource_id));
    }
    if (!action_.empty()) conditions.push_back(hidden(action_));
    if (!type_.empty()) conditions.push_back(hidden(type_));
    if (!actors_.empty()) conditions.push_back(hidden("a.actor IN (" + actors_ + ")"));
    if (!filter.incident_id) {
        is_read_once_ = conditions.size() > 1 || filter.origin;
        if (is_read_once_ && most) most_ = query.bind(count_of(*most));
        add({}, conditions);
        return;
    }
    const auto incident = query.bind(filter.incident_id->uuid());
    const auto subjects = subjects_of_incident(dialect_, incident);
    conditions.push_back(during_incident(incident, "a.occurred_at", "a.occurred_at"));
    if (filter.resource_id) {
        conditions.push_back(hidden("a.resource_id IN (" + subjects + ")"));
        add({}, conditions);
    } else {
        conditions.push_back("a.resource_id = n.name");
        add(subjects, conditions);
    }
}

void AuditSearch::search_kinds() {
    const std::string of_action = "a.action = n.name";
    const std::string of_type = "a.resource_type = n.name";
    if (action_.empty() && type_.empty()) {
        add({}, {});
    } else if (type_.empty()) {
        add(values_of("resource_type", action_), {action_, of_type});
        add_without_type({}, {action_});
    } else if (action_.empty()) {
        add(values_of("action", {}), {of_action, type_});
    } else {
        add({}, {action_, type_});
    }
}

void AuditSearch::search_kinds_by_actor() {
    const std::string of_actor = "a.actor = n.actor";
    const std::string of_name = "a.actor = n.name";
    if (action_.empty() && type_.empty()) {
        add(actors_, {of_name});
    } else if (type_.empty()) {
        add(values_by_actor(actors_, "resource_type", action_),
            {of_actor, action_, "a.resource_type = n.name"});
        add_without_type(actors_, {of_name, action_});
    } else if (action_.empty()) {
        add(values_by_actor(actors_, "action", {}), {of_actor, "a.action = n.name", type_});
    } else {
        add(actors_, {of_name, action_, type_});
    }
}

void AuditSearch::add(const std::string& groups, const std::vector<std::string>& conditions) {
    std::vector<std::string> all = conditions;
    all.insert(all.end(), always_.begin(), always_.end());
    parts_.push_back({groups, joined(all), kNewestFirst});
}

// PostgreSQL does not know that a column that IS NULL has one value, so the order has to name it.
void AuditSearch::add_without_type(const std::string& groups, std::vector<std::string> conditions) {
    conditions.emplace_back("a.resource_type IS NULL");
    add(groups, conditions);
    parts_.back().order = " ORDER BY a.resource_type, a.occurred_at DESC, a.id DESC";
}

std::string AuditSearch::with(const std::string& more) const {
    std::string text;
    if (is_read_once_) {
        text = "found AS MATERIALIZED (" +
               one_search(parts_.front(), "a.occurred_at, a.id", most_) + ")";
    }
    for (std::size_t i = 0; i < parts_.size() && !dialect_.has_lateral; ++i) {
        const Part& part = parts_[i];
        if (part.groups.empty()) continue;
        text += (text.empty() ? "" : ", ") + name_of_groups(i) + " AS MATERIALIZED (SELECT n.*, (" +
                one_search(part, "a.occurred_at", "1") + ") AS newest FROM (" + part.groups +
                ") n)";
    }
    if (!more.empty()) text += (text.empty() ? "" : ", ") + more;
    return text.empty() ? text : "WITH " + text + " ";
}

std::string AuditSearch::entries(const std::string& columns, const std::string& limit) const {
    if (is_read_once_) {
        return "SELECT " + columns +
               " FROM audit_entries a WHERE a.id IN (SELECT a.id FROM found a" + kNewestFirst +
               (limit.empty() ? "" : " LIMIT " + limit) + ")";
    }
    if (dialect_.has_lateral) return laterals(columns, limit);
    const std::string places = parts_joined([&](const Part& part, const std::string& groups) {
        const std::string place = "a.rowid AS place, a.occurred_at, a.id";
        if (part.groups.empty()) return whole(one_search(part, place, limit));
        return each_group(part, groups, place) +
               (limit.empty() ? "" : not_older(part, groups, limit));
    });
    return "SELECT " + columns + " FROM audit_entries a WHERE a.rowid IN (SELECT a.place FROM (" +
           places + ") a" + kNewestFirst + (limit.empty() ? "" : " LIMIT " + limit) + ")";
}

std::string AuditSearch::matches(const std::string& limit) const {
    if (is_read_once_) return "SELECT 1 AS one FROM found";
    if (dialect_.has_lateral) return laterals("1 AS one", limit);
    return parts_joined([&](const Part& part, const std::string& groups) {
        if (part.groups.empty()) return whole(one_search(part, "1 AS one", limit));
        return each_group(part, groups, "1 AS one");
    });
}

template <class Text>
std::string AuditSearch::parts_joined(Text text_of) const {
    std::string text;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        text += (text.empty() ? "" : " UNION ALL ") + text_of(parts_[i], name_of_groups(i));
    }
    return text;
}

std::string AuditSearch::laterals(const std::string& columns, const std::string& limit) const {
    return parts_joined([&](const Part& part, const std::string& /*groups*/) {
        const std::string search = one_search(part, columns, limit);
        if (part.groups.empty()) return whole(search);
        return "SELECT e.* FROM (" + part.groups + ") n CROSS JOIN LATERAL (" + search + ") e";
    });
}

std::string AuditSearch::name_of_groups(std::size_t part) {
    return "groups_" + std::to_string(part);
}

std::string AuditSearch::one_search(const Part& part, const std::string& columns,
                                    const std::string& limit) {
    return "SELECT " + columns + " FROM audit_entries a" +
           (part.conditions.empty() ? "" : " WHERE " + part.conditions) + part.order +
           (limit.empty() ? "" : " LIMIT " + limit);
}

std::string AuditSearch::each_group(const Part& part, const std::string& groups,
                                    const std::string& columns) {
    return "SELECT " + columns + " FROM " + groups +
           " n CROSS JOIN audit_entries a WHERE n.newest IS NOT NULL AND " + part.conditions;
}

std::string AuditSearch::not_older(const Part& part, const std::string& groups,
                                   const std::string& limit) {
    const std::string bound = "coalesce((SELECT max((" +
                              one_search(part, "a.occurred_at", "1 OFFSET " + limit + " - 1") +
                              ")) FROM " + groups + " n WHERE n.newest IS NOT NULL), " +
                              std::to_string(std::numeric_limits<std::int64_t>::min()) + ")";
    return " AND n.newest >= " + bound + " AND a.occurred_at >= " + bound;
}

}  // namespace rescuestream::sql
