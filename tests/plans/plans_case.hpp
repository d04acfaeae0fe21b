#pragma once

#include <pqxx/pqxx>

#include "conformance/storage/storage_case.hpp"
#include "plans/plan_log.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/sql/records.hpp"
#include "support/wait.hpp"

namespace rescuestream::testing {

// No result of the statements below has more rows, except the streams of a node.
inline constexpr std::uint64_t kMostRows = 300;
inline constexpr std::uint64_t kMostStreams = 1'200;
// PostgreSQL decides after five runs of a statement whether one plan is good for all values; most
// run for each of eight keys.
inline constexpr int kRuns = 3;
inline constexpr const char* kNode = "default";

/// A PostgreSQL database whose statements tell their plans, and the statements that programs run.
class PlansCase : public StorageCase {
protected:
    PlansCase() : connection_(backend().address()) {
        // Done before anything is planned, because a change of a table's options invalidates plans.
        for (const auto* table :
             {"stream_keys", "streams", "stream_transitions", "broadcasters", "audit_entries",
              "audit_actors", "cutoffs", "nodes", "node_standings", "unknown_sources"}) {
            execute(std::string("ALTER TABLE rescuestream.") + table +
                    " SET (autovacuum_enabled = off)");
        }
        // Other tests ran in this database; their statistics must not influence the plans.
        for (const auto* table : {"stream_keys", "streams", "stream_transitions", "broadcasters",
                                  "audit_entries", "cutoffs"}) {
            execute(std::string("TRUNCATE rescuestream.") + table + " CASCADE");
        }
        execute(
            "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class "
            "WHERE relnamespace = 'rescuestream'::regnamespace)");
    }

    void execute(const std::string& statement) {
        pqxx::nontransaction(connection_).exec(statement);
    }

    /// Keys with one stream each, of which a thousand are live, and what was written about them,
    /// written without the storage.
    void fill() {
        execute("SET session_replication_role = replica");
        execute(
            "INSERT INTO rescuestream.broadcasters (id, display_name, metadata, created_at, "
            "updated_at) SELECT md5('b' || n)::uuid, 'Team', '{}', now(), now() "
            "FROM generate_series(1, 12000) n");
        execute(
            "INSERT INTO rescuestream.stream_keys (id, broadcaster_id, digest, label, "
            "playback_path, playback, disabled, created_at) SELECT md5('k' || n)::uuid, "
            "md5('b' || n)::uuid, sha256(n::text::bytea), '', 'fill/' || n, 'public', FALSE, now() "
            "FROM generate_series(1, 12000) n");
        execute(
            "INSERT INTO rescuestream.streams (id, stream_key_id, broadcaster_id, node, path, "
            "state, generation, started_at, ended_at, end_reason, observed_by, metadata) "
            "SELECT md5('s' || n)::uuid, md5('k' || n)::uuid, md5('b' || n)::uuid, 'default', "
            "'fill/' || n, CASE WHEN n % 12 = 0 THEN 'live' ELSE 'ended' END, 1, now(), now(), "
            "'stopped', 'hook', '{}' "
            "FROM generate_series(1, 12000) n");
        execute(
            "INSERT INTO rescuestream.stream_transitions (stream_id, sequence, occurred_at, kind, "
            "source, generation, reason) SELECT md5('s' || n)::uuid, 1, now(), 'started', 'hook', "
            "1, '' FROM generate_series(1, 12000) n");
        execute(
            "INSERT INTO rescuestream.audit_entries (id, occurred_at, actor, action, "
            "request_method, request_path, ip_address, outcome, metadata) "
            "SELECT md5('a' || n)::uuid, now(), 'x', 'create', 'POST', '/', '', 'success', '{}' "
            "FROM generate_series(1, 12000) n");
        execute("RESET session_replication_role");
        wait_for_older_transactions();
        follow_keys();  // reads all of them once
        plan_log().read();
    }

    /// The statements that the programs run while encoders start, are watched, and stop.
    void run_everything() {
        const auto owner = add_broadcaster().id;
        std::vector<StreamKeyRow> rows;
        for (int i = 0; i < 8; ++i) rows.push_back(add_key(owner));
        ask_to_publish(rows);
        share_statements(rows);
        run_sessions(rows);
        change_keys(owner, rows);
        share_paths();
        look_after_nodes();
    }

    /// Reads what changed of keys since the last time.
    void follow_keys() {
        while (true) {
            auto found = storage().key_facts_after(place_, 50).value();
            place_ = found.next;
            if (found.complete) return;
        }
    }

    /// The steps that read too many rows, for the test's message.
    std::vector<std::string> faults() {
        std::vector<std::string> found;
        for (const auto& plan : plan_log().read()) {
            const bool is_ours = plan.query.find("generate_series") == std::string::npos;
            const bool is_of_node = plan.query.find("s.state <> 'ended' ") != std::string::npos &&
                                    plan.query.find(" WHERE k.") == std::string::npos;
            if (is_ours && (plan.most_rows > (is_of_node ? kMostStreams : kMostRows) ||
                            plan.reads_whole_table)) {
                found.push_back(plan.query + "\n" + plan.text);
            }
            seen_ += is_ours ? 1 : 0;
        }
        return found;
    }
    /// A large audit log. A hundred entries differ in every member that a search can name. With
    /// much fewer entries, PostgreSQL rightly sorts all that match when it counts them.
    void fill_audit() {
        execute(
            "INSERT INTO rescuestream.audit_entries (id, occurred_at, actor, action, "
            "resource_type, "
            "resource_id, request_method, request_path, ip_address, outcome, metadata, origin) "
            "SELECT md5('c' || n)::uuid, '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 s', "
            "CASE WHEN n % 3000 = 0 THEN 'Rare' ELSE 'common' || n % 3 END, "
            "CASE WHEN n % 3000 = 0 THEN 'rare' ELSE 'create' END, "
            "CASE WHEN n % 3000 = 0 THEN 'rare' ELSE 'stream_key' END, "
            "CASE WHEN n % 3000 = 0 THEN 'rare' ELSE md5((n % 20000)::text) END, "
            "'POST', '/', '', 'success', '{}', "
            "CASE WHEN n % 60000 = 0 THEN 'server' ELSE 'api' END "
            "FROM generate_series(1, 300000) n");
        execute(
            "INSERT INTO rescuestream.audit_actors (name) SELECT DISTINCT actor FROM "
            "rescuestream.audit_entries ON CONFLICT DO NOTHING");
        vacuum_audit();
        reopen();
        plan_log().read();
    }

    /// The planner reads an index alone only where VACUUM saw that everybody sees the rows: not
    /// while, for instance, autovacuum analyses a table of the database.
    void vacuum_audit() {
        pqxx::nontransaction transaction(connection_);
        REQUIRE(eventually(
            [&] {
                transaction.exec("VACUUM ANALYZE");
                return transaction
                    .exec(
                        "SELECT relallvisible = relpages FROM pg_class "
                        "WHERE oid = 'rescuestream.audit_entries'::regclass")[0][0]
                    .as<bool>();
            },
            seconds(60)));
    }

    /// The statements of a search, of which a step reads more than `most` rows or the whole table.
    void check_search(const AuditFilter& filter, std::uint64_t total, std::uint64_t most) {
        // More often than PostgreSQL plans a statement for its values.
        for (int i = 0; i < 8; ++i) CHECK(storage().list_audit(filter).value().total == total);
        int checked = 0;
        for (const auto& plan : plan_log().read()) {
            if (plan.query.find("audit_entries") == std::string::npos) continue;
            ++checked;
            const std::string fault = plan.query + "\n" + plan.text;
            CHECK_MESSAGE((plan.most_rows <= most && !plan.reads_whole_table), fault);
        }
        CHECK(checked == 8);
    }

    /// How many statements were checked.
    int seen() const { return seen_; }

private:
    void ask_to_publish(const std::vector<StreamKeyRow>& rows) {
        std::vector<ClaimRequest> together;
        for (const auto& row : rows) {
            const auto id = row.key.id.to_string();
            together.push_back(make_request(row, id));
            CHECK(decide(make_request(row, id)) == ClaimDecision::kGranted);
            CHECK(decide(make_request(row, "other " + id)) == ClaimDecision::kInUse);
            storage().check_key(row.digest, row.key.playback_path, at(seconds(10))).value();
        }
        for (const auto& outcome : storage().claim_all(together, kNoHurry)) {
            CHECK(outcome.value().decision == ClaimDecision::kGranted);
        }
        for (auto& request : together) request.claim.connection.value += " again";
        for (const auto& outcome : storage().claim_all(together, kNoHurry)) {
            CHECK(outcome.value().decision == ClaimDecision::kInUse);
        }
        for (auto& request : together) request.digest = make_key(rows[0].key.broadcaster_id).digest;
        for (const auto& outcome : storage().claim_all(together, kNoHurry)) {
            CHECK(outcome.value().decision == ClaimDecision::kUnknownKey);
        }
        follow_keys();
    }

    /// The steps that concurrent callers share in one statement.
    void share_statements(const std::vector<StreamKeyRow>& rows) {
        share_statements(rows, &sql::SharedStatement::many);
        share_statements(rows, &sql::SharedStatement::many_with_known_actors);
    }
    using ManyText = std::string sql::SharedStatement::*;
    void share_statements(const std::vector<StreamKeyRow>& rows, ManyText of_change) {
        using sql::joined;
        using sql::values_of;
        const auto& dialect = postgres::kDialect;
        const auto owner = rows.front().key.broadcaster_id;
        std::vector<sql::Values> owners, ids, broadcasters, keys, revocations, entries;
        for (int i = 0; i < 8; ++i) {
            const auto key = make_key(owner);
            owners.push_back({owner.uuid()});
            ids.push_back({rows[static_cast<std::size_t>(i)].key.id.uuid()});
            broadcasters.push_back(joined(values_of(make_broadcaster()), values_of(make_audit())));
            keys.push_back(joined(values_of(key), values_of(make_audit())));
            revocations.push_back(
                joined({key.key.id.uuid(), at(seconds(9))}, values_of(make_audit())));
            entries.push_back(values_of(make_audit()));
        }
        CHECK(rows_of(dialect.find_broadcaster.many, owners) == 8);
        CHECK(rows_of(dialect.find_key.many, ids) == 8);
        CHECK(rows_of(dialect.create_broadcaster.*of_change, broadcasters) == 8);
        CHECK(rows_of(dialect.create_key.*of_change, keys) == 8);
        CHECK(rows_of(dialect.revoke_idle_key.*of_change, revocations) == 8);
        CHECK(rows_of(dialect.revoke_idle_key.*of_change, revocations) == 0);
        CHECK(rows_of(dialect.append_audit.*of_change, entries) == 8);
    }
    int rows_of(const std::string& statement, const std::vector<sql::Values>& callers) {
        std::vector<postgres::Texts> texts;
        std::vector<const postgres::Texts*> all;
        for (const auto& values : callers) texts.push_back(postgres::write_values(values));
        for (const auto& one : texts) all.push_back(&one);
        return static_cast<int>(shared_.run_columns(statement, all).size());
    }

    /// A reading of changed keys begins at the oldest transaction of the whole server that was
    /// running at the previous reading. Other tests use the same server: if one of their
    /// transactions began before the tables were filled, each reading would read all of them again.
    void wait_for_older_transactions() {
        pqxx::nontransaction transaction(connection_);
        const std::string filled = transaction.exec("SELECT pg_current_xact_id()")[0][0].c_str();
        REQUIRE(eventually(
            [&] {
                return transaction
                    .exec("SELECT pg_snapshot_xmin(pg_current_snapshot()) > '" + filled +
                          "'::xid8")[0][0]
                    .as<bool>();
            },
            seconds(60)));
    }

    void run_sessions(const std::vector<StreamKeyRow>& rows) {
        for (const auto& row : rows) {
            const Stream stream = go_live(row, row.key.id.to_string());
            session_at(row.key.playback_path);
            storage().load_session_by_digest(row.digest).value();
            storage().load_session(row.key.id).value();
            storage().find_stream(stream.id).value();
            storage().list_transitions(stream.id, {}).value();
            SessionChange change;
            change.stream_key_id = row.key.id;
            change.expected_version = session(row).version;
            change.stream = stream;
            change.transitions.push_back({at(seconds(11)),
                                          TransitionKind::kStarted,
                                          ObservedBy::kHook,
                                          1,
                                          stream.source_id,
                                          {},
                                          {}});
            storage().commit_session(change).value();
        }
        CHECK(storage().open_sessions(kNode).value().size() >= rows.size());
        StreamFilter live;
        live.states = {StreamState::kLive, StreamState::kReconnecting};
        CHECK(storage().list_streams(live, {}).value().items.size() >= rows.size());
        // All of them, and then those that changed, with names that changed.
        CHECK(storage().list_streams(StreamFilter::live(), {}).value().items.size() >= rows.size());
        for (const auto& row : rows) rename(row);
        CHECK(storage().list_streams(StreamFilter::live(), {}).value().items.size() >= rows.size());
        for (const auto& row : rows) {
            const auto stream = session(row).stream->id;
            for (const auto& cutoff :
                 storage()
                     .begin_stop(stream, {EndReason::kStopped, ObservedBy::kAdmin}, std::nullopt,
                                 at(seconds(12)), make_audit())
                     .value()) {
                storage().pending_cutoffs(kNode).value();
                storage().finish_cutoff(cutoff, at(seconds(13)), std::nullopt).value();
            }
        }
    }

    void rename(const StreamKeyRow& row) {
        StreamKeyChange label;
        label.id = row.key.id;
        label.label = "label";
        storage().update_stream_key(label, at(seconds(11)), make_audit()).value();
        BroadcasterPatch name;
        name.display_name = "name of " + row.key.id.to_string();
        storage()
            .update_broadcaster(row.key.broadcaster_id, name, at(seconds(11)), make_audit())
            .value();
    }

    void change_keys(BroadcasterId owner, const std::vector<StreamKeyRow>& rows) {
        storage().find_broadcaster(owner).value();
        storage().set_broadcaster_disabled(owner, true, at(seconds(20)), make_audit()).value();
        storage().set_broadcaster_disabled(owner, false, at(seconds(21)), make_audit()).value();
        for (const auto& row : rows) {
            StreamKeyChange change;
            change.id = row.key.id;
            change.label = "other";
            storage().update_stream_key(change, at(seconds(22)), make_audit()).value();
            storage()
                .rotate_stream_key({row.key.id, make_key(owner).digest, at(seconds(99))},
                                   at(seconds(23)), make_audit())
                .value();
            CHECK(decide(make_request(row, "later " + row.key.id.to_string(), at(seconds(24)))) ==
                  ClaimDecision::kGranted);
            storage().load_session_by_digest(row.digest).value();
            storage().find_stream_key(row.key.id).value();
            storage().revoke_stream_key(row.key.id, at(seconds(25)), make_audit()).value();
            for (const auto& cutoff : pending()) {
                storage().finish_cutoff(cutoff, at(seconds(26)), std::nullopt).value();
            }
        }
        storage().delete_broadcaster(owner, true, at(seconds(27)), make_audit()).value();
    }

    /// Two keys on each of eight paths.
    void share_paths() {
        const auto owner = add_broadcaster().id;
        for (int i = 0; i < 8; ++i) {
            std::vector<StreamKeyRow> rows;
            for (const std::uint32_t priority : {20, 80}) {
                rows.push_back(make_key(owner));
                rows.back().key.playback_path = rows.front().key.playback_path;
                rows.back().key.policies.priority = priority;
                add(rows.back());
            }
            const auto& backup = rows[0];
            const auto& primary = rows[1];
            const auto id = primary.key.id.to_string();
            CHECK(storage().sessions_at_path(backup.key.playback_path).value().size() == 2);
            CHECK(decide(make_request(backup, "waits " + id)) == ClaimDecision::kGranted);
            commit_claim(backup, std::nullopt);
            go_live(backup, "backup " + id);
            go_live(primary, "primary " + id);
            CHECK(decide(make_request(backup, "late " + id)) == ClaimDecision::kPathInUse);
            for (const auto& cutoff :
                 storage().displace_others(primary.key.id, at(seconds(12))).value()) {
                storage().finish_cutoff(cutoff, at(seconds(13)), std::nullopt).value();
            }
            StreamKeyChange change;
            change.id = backup.key.id;
            change.reset = {"priority"};
            CHECK(code_of(storage().update_stream_key(change, at(seconds(14)), make_audit())) ==
                  ErrorCode::kConflict);
            storage().revoke_stream_key(backup.key.id, at(seconds(15)), make_audit()).value();
            storage().revoke_stream_key(primary.key.id, at(seconds(16)), make_audit()).value();
            for (const auto& cutoff : pending()) {
                storage().finish_cutoff(cutoff, at(seconds(17)), std::nullopt).value();
            }
        }
    }

    void look_after_nodes() {
        storage().list_nodes().value();
        storage().hold_lease(kNode, "holder", std::nullopt).value();
        storage().release_lease(kNode, "holder").value();
        storage().find_node_standing(kNode, "http://10.0.0.2:9997").value();
        NodeStanding asked;
        asked.asked_at = at(seconds(1));
        storage().note_node_standing(kNode, "http://10.0.0.2:9997", asked, std::nullopt).value();
        REQUIRE(storage().withdraw_node_standing(kNode, make_audit()).has_value());
        REQUIRE(storage().set_unknown_sources(
            kNode, {{"live/a", Protocol::kSrt, "192.0.2.1", {"id"}, at(seconds(1))}}));
        REQUIRE(storage().set_unknown_sources(kNode, {}));
        Node node;
        node.name = "n";
        REQUIRE(storage().create_node(node, make_audit()).has_value());
        REQUIRE(storage().update_node(node.name, {}, at(seconds(2)), make_audit()).has_value());
        REQUIRE(storage().delete_node(node.name, make_audit()).has_value());
    }

    pqxx::connection connection_;
    postgres::PoolerState pooler_;
    postgres::Connection shared_{
        postgres::make_conninfo(backend().address(), seconds(5)).value().shared, pooler_};
    std::string place_;
    int seen_ = 0;
};

inline void check(const std::vector<std::string>& faults) {
    for (const auto& fault : faults) FAIL_CHECK(fault);
}

}  // namespace rescuestream::testing
