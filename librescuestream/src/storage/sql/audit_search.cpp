#include "storage/sql/audit_search.hpp"

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

}  // namespace

AuditSearch::AuditSearch(Query& query, const AuditFilter& filter, const Dialect& dialect,
                         const std::optional<Cursor>& before)
    : dialect_(dialect) {
    if (filter.action) action_ = "a.action = " + query.bind(*filter.action);
    if (filter.resource_type) type_ = "a.resource_type = " + query.bind(*filter.resource_type);
    if (filter.actor_contains && !filter.actor_contains->empty()) {
        actors_ = with_part(dialect.matching_actors, query.bind(*filter.actor_contains));
    }
    if (filter.from) always_.push_back("a.occurred_at >= " + query.bind(*filter.from));
    if (filter.to) always_.push_back("a.occurred_at <= " + query.bind(*filter.to));
    if (before) {
        const auto time = query.bind(before->time);
        always_.push_back("(a.occurred_at, a.id) < (" + time + ", " + query.bind(before->id) + ")");
    }
    if (filter.resource_id || filter.incident_id) {
        search_subjects(query, filter);
    } else if (actors_.empty()) {
        search_kinds();
    } else {
        search_kinds_by_actor();
    }
}

// The other conditions are in a form by which no other index is chosen.
void AuditSearch::search_subjects(Query& query, const AuditFilter& filter) {
    std::vector<std::string> conditions;
    if (filter.resource_id) {
        conditions.push_back("a.resource_id = " + query.bind(*filter.resource_id));
    }
    if (!action_.empty()) conditions.push_back(hidden(action_));
    if (!type_.empty()) conditions.push_back(hidden(type_));
    if (!actors_.empty()) conditions.push_back(hidden("a.actor IN (" + actors_ + ")"));
    if (!filter.incident_id) {
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

std::string AuditSearch::select(const std::string& columns, const std::string& limit) const {
    std::string text;
    for (const auto& part : parts_) {
        if (!text.empty()) text += " UNION ALL ";
        const std::string rest = " FROM audit_entries a" +
                                 (part.conditions.empty() ? "" : " WHERE " + part.conditions) +
                                 part.order + (limit.empty() ? "" : " LIMIT " + limit);
        if (part.groups.empty()) {
            text += "SELECT e.* FROM (SELECT " + columns + rest + ") e";
        } else if (dialect_.has_lateral) {
            text += "SELECT e.* FROM (" + part.groups + ") n CROSS JOIN LATERAL (SELECT " +
                    columns + rest + ") e";
        } else {
            text += "SELECT " + columns + " FROM (" + part.groups +
                    ") n CROSS JOIN audit_entries a ON a.rowid IN (SELECT a.rowid" + rest + ")";
        }
    }
    return text;
}

}  // namespace rescuestream::sql
