#include "storage/sql/refusals.hpp"

#include <algorithm>

#include "storage/sql/incident_scope.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/unreadable_rows.hpp"

namespace rescuestream::sql {
namespace {

// Rows of one statement. There are only two statements, so that each is prepared once.
constexpr std::size_t kRowsTogether = 16;

RefusedAttempt read_listed(RowReader row) {
    RefusedAttempt attempt;
    attempt.id = row.id<RefusedAttemptId>();
    attempt.action = row.name<RefusedAction>();
    attempt.network = row.text();
    attempt.protocol = row.name<Protocol>();
    attempt.path = row.text();
    attempt.reason = row.text();
    attempt.stream_key_id = row.optional([&] { return row.id<StreamKeyId>(); });
    attempt.remote_address = row.text();
    attempt.node = row.text();
    attempt.user_agent = row.text();
    attempt.times = static_cast<std::uint64_t>(row.integer());
    attempt.first_at = row.time();
    attempt.last_at = row.time();
    attempt.key_label = row.optional_text();
    attempt.playback_path = row.optional_text();
    attempt.broadcaster_id = row.optional([&] { return row.id<BroadcasterId>(); });
    attempt.broadcaster_name = row.optional_text();
    attempt.holder_key_id = row.optional([&] { return row.id<StreamKeyId>(); });
    attempt.holder_label = row.optional_text();
    return attempt;
}

constexpr RowSource kAttemptRows{"refused_attempts", &kRefusedAttemptColumns};

void add_values(const RefusedAttempt& attempt, Values& values) {
    values.insert(values.end(),
                  {attempt.id.uuid(), name_of(attempt.action), attempt.network,
                   name_of(attempt.protocol), attempt.path, attempt.reason,
                   attempt.stream_key_id ? Value(attempt.stream_key_id->uuid()) : Value(),
                   attempt.remote_address, attempt.node, attempt.user_agent,
                   static_cast<std::int64_t>(attempt.times), attempt.first_at, attempt.last_at,
                   attempt.holder_key_id ? Value(attempt.holder_key_id->uuid()) : Value()});
}

}  // namespace

Result<void> SqlRefusals::add_refused_attempts(const std::vector<RefusedAttempt>& attempts,
                                               const RefusedAttemptLimits& limits) {
    // In one order on all servers, so that two of them do not wait for one another.
    auto ordered = attempts;
    std::sort(ordered.begin(), ordered.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    return write<void>([&](Connection& connection) -> Result<void> {
        for (std::size_t at = 0; at < ordered.size();) {
            const std::size_t count = ordered.size() - at < kRowsTogether ? 1 : kRowsTogether;
            add(connection, &ordered[at], count);
            at += count;
        }
        connection.run(delete_old_refused_attempts(dialect().skip_locked), {limits.oldest});
        delete_oldest(connection, "IS NOT NULL", limits.most);
        delete_oldest(connection, "IS NULL", limits.most);
        return {};
    });
}

void SqlRefusals::add(Connection& connection, const RefusedAttempt* first, std::size_t count) {
    static const std::string one = add_refused_attempts_statement(1);
    static const std::string several = add_refused_attempts_statement(kRowsTogether);
    Values values;
    for (std::size_t i = 0; i < count; ++i) add_values(first[i], values);
    connection.run(count == 1 ? one : several, values);
}

// `kind` is the condition on the key of those that are counted together.
void SqlRefusals::delete_oldest(Connection& connection, const char* kind, std::size_t most) {
    const std::string condition = std::string("stream_key_id ") + kind;
    const auto rows = connection.run("SELECT last_at, id FROM refused_attempts WHERE " + condition +
                                         " ORDER BY last_at DESC, id DESC LIMIT 1 OFFSET $1",
                                     {count_of(most)});
    if (rows->size() == 0) return;
    std::optional<Failure> failure;
    RowReader row(*rows, 0, 0, &failure);
    const Timestamp last_at = row.time();
    const auto id = row.id<Uuid>();  // if it cannot be read, its row stays until it is too old
    connection.run(
        "DELETE FROM refused_attempts WHERE id IN (SELECT id FROM refused_attempts "
        "WHERE " +
            condition + " AND (last_at, id) <= ($1, $2)" + dialect().skip_locked + ")",
        {last_at, id});
}

Result<std::vector<RefusedAttempt>> SqlRefusals::list_refused_attempts(
    const RefusedAttemptFilter& filter) {
    return read<std::vector<RefusedAttempt>>(
        [&](Connection& connection) -> Result<std::vector<RefusedAttempt>> {
            Query query(kListRefusedAttempts);
            if (filter.network) query.where("r.network = " + query.bind(*filter.network));
            if (filter.path) query.where("r.path = " + query.bind(*filter.path));
            if (filter.reason) query.where("r.reason = " + query.bind(*filter.reason));
            if (filter.stream_key_id) {
                query.where("r.stream_key_id = " + query.bind(filter.stream_key_id->uuid()));
            }
            if (filter.broadcaster_id) {
                query.where("k.broadcaster_id = " + query.bind(filter.broadcaster_id->uuid()));
            }
            if (filter.incident_id) {
                const auto incident = query.bind(filter.incident_id->uuid());
                query.where("r.stream_key_id IN (" + keys_of_incident(incident) + ")");
                query.where(during_incident(incident, "r.first_at", "r.last_at"));
            }
            if (filter.since) query.where("r.last_at >= " + query.bind(*filter.since));
            query.append(" ORDER BY r.last_at DESC, r.id DESC LIMIT " +
                         query.bind(count_of(filter.limit)));
            return read_readable(*connection.run(query.text(), query.values()), kAttemptRows,
                                 unreadable(), read_listed);
        });
}

}  // namespace rescuestream::sql
