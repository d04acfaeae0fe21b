#include "storage/sql/statement_span.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "storage/postgres/shared_statements.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sqlite/statements.hpp"
#include "support/recording_tracer.hpp"

using namespace rescuestream;
using testing::attribute;

namespace {

std::string name_of(std::string_view statement) {
    return sql::name_statement(statement).summary;
}

}  // namespace

TEST_CASE("a statement is named by its operation and its table") {
    CHECK(name_of("SELECT a.id FROM audit_entries a WHERE a.id = $1") == "SELECT audit_entries");
    CHECK(name_of("INSERT INTO nodes (name) VALUES ($1)") == "INSERT nodes");
    CHECK(name_of("UPDATE stream_keys SET disabled = $2") == "UPDATE stream_keys");
    CHECK(name_of("DELETE FROM cutoffs WHERE node = $1") == "DELETE cutoffs");
    CHECK(name_of("SELECT name FROM rescuestream.nodes") == "SELECT nodes");
    CHECK(name_of("PRAGMA data_version") == "PRAGMA");
    CHECK(name_of("SELECT pg_notify($1, $2)") == "SELECT");
    CHECK(name_of("") == "");
}

TEST_CASE("locks, conflicts, functions and parts of a WITH clause do not name a statement") {
    CHECK(name_of("SELECT id FROM stream_keys WHERE id = $1 FOR NO KEY UPDATE") ==
          "SELECT stream_keys");
    CHECK(name_of("SELECT id FROM stream_keys FOR UPDATE SKIP LOCKED") == "SELECT stream_keys");
    CHECK(
        name_of("INSERT INTO streams (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET node = $2") ==
        "INSERT streams");
    CHECK(name_of("WITH q AS (SELECT * FROM unnest($1)) SELECT q.p1 FROM q JOIN nodes n ON TRUE") ==
          "SELECT nodes");
    CHECK(name_of("SELECT 1 WHERE $1 IS DISTINCT FROM other.x") == "SELECT");
    CHECK(name_of("SELECT 'UPDATE nodes' FROM (SELECT 1 FROM streams) s") == "SELECT streams");
}

TEST_CASE("the statements of both dialects have the names of what they do") {
    CHECK(name_of(postgres::kOneClaim) == "UPDATE stream_keys");
    CHECK(name_of(postgres::kClaims) == "UPDATE stream_keys");
    CHECK(name_of(sqlite::kDialect.claim) == "UPDATE stream_keys");
    CHECK(name_of(postgres::kDialect.probe) == "SELECT stream_keys");
    CHECK(name_of(sqlite::kDialect.probe) == "SELECT stream_keys");
    CHECK(name_of(postgres::kDialect.create_key.one) == "INSERT stream_keys");
    CHECK(name_of(postgres::kDialect.create_key.many) == "INSERT stream_keys");
    CHECK(name_of(postgres::kDialect.find_broadcaster.many) == "SELECT broadcasters");
    CHECK(name_of(postgres::kDialect.append_audit.one) == "INSERT audit_actors");
    CHECK(name_of(sql::kWriteStream) == "INSERT streams");
    CHECK(name_of(sql::kAppendTransition) == "INSERT stream_transitions");
    CHECK(name_of(sql::kLockKey + " FOR NO KEY UPDATE") == "SELECT stream_keys");
}

TEST_CASE("the span of a statement has no values and is a child of the current span") {
    testing::RecordingTracer tracer;
    const sql::StatementName name = sql::name_statement("UPDATE stream_keys SET path = $1");
    { const sql::StatementSpan alone("sqlite", name); }
    CHECK(tracer.spans().empty());
    {
        const Span step(&tracer, "step", SpanKind::kInternal, nullptr);
        const SpanScope scope(step);
        { const sql::StatementSpan one("postgresql", name); }
        { const sql::StatementSpan many("postgresql", name, 7); }
        try {
            const sql::StatementSpan failing("postgresql", sql::name_of_commit());
            throw std::runtime_error("broken");
        } catch (const std::runtime_error&) {
        }
    }
    const auto found = tracer.spans_named("UPDATE stream_keys");
    REQUIRE(found.size() == 2);
    CHECK(found[0].kind == SpanKind::kClient);
    CHECK(found[0].parent == tracer.spans_named("step").at(0).context.span_id);
    CHECK(attribute(found[0], "db.system.name") == "postgresql");
    CHECK(attribute(found[0], "db.operation.name") == "UPDATE");
    CHECK(attribute(found[0], "db.collection.name") == "stream_keys");
    CHECK(attribute(found[0], "db.query.summary") == "UPDATE stream_keys");
    CHECK(attribute(found[0], "db.operation.batch.size").empty());
    CHECK(attribute(found[1], "db.operation.batch.size") == "7");
    CHECK_FALSE(found[1].failed);
    CHECK(tracer.spans_named("COMMIT").at(0).failed);
}
