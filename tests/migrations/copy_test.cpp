// Copies of databases, between SQLite and PostgreSQL and within each of them.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "migrations/place.hpp"
#include "rescuestream/database_copy.hpp"
#include "storage/copy/tables.hpp"
#include "support/crypto.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

using copy::Kind;

/// More than one page of each table.
constexpr int kRows = 601;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::string qualified(const std::string& kind, std::string_view table) {
    return (kind == "sqlite" ? "" : "rescuestream.") + std::string(table);
}

// 16 or 32 bytes that differ from row to row and from `salt` to `salt`.
std::string hex_of(int row, std::string_view salt, std::size_t bytes) {
    return to_hex(sha256(std::to_string(row) + std::string(salt))).substr(0, 2 * bytes);
}

/// Returns the SQL of the value that a column has in a row.
std::string literal(const std::string& kind, const copy::Column& column, int row) {
    const bool lite = kind == "sqlite";
    const auto name = std::string(column.name);
    switch (column.kind) {
        case Kind::kText: {
            // Collations and encodings differ on these.
            static const std::vector<std::string> kWords{
                "a", "B", "\xc3\xa4", "Z", "_", "''", "\\", "\n", "\"", "\xf0\x9f\x9a\x81"};
            return "'" + kWords[static_cast<std::size_t>(row) % kWords.size()] + name +
                   std::to_string(row) + "'";
        }
        case Kind::kInteger:
            return std::to_string(1'000'000 + row);
        case Kind::kBoolean:
            return row % 2 == 0 ? (lite ? "1" : "true") : (lite ? "0" : "false");
        case Kind::kTime: {
            const auto micros = std::to_string(1'768'644'000'000'000 + row * 1'001);
            return lite ? micros
                        : "(timestamptz 'epoch' + " + micros + " * interval '1 microsecond')";
        }
        case Kind::kUuid: {
            // The same in all columns of a row, so that it refers to rows that exist.
            const auto hex = hex_of(row, "id", 16);
            return lite ? "X'" + hex + "'" : "'" + hex + "'";
        }
        case Kind::kDigest: {
            const auto hex = hex_of(row, name, 32);
            return lite ? "X'" + hex + "'" : "'\\x" + hex + "'";
        }
    }
    return {};
}

/// A database of one kind with the newest schema.
struct Database {
    explicit Database(std::string kind_of_it) : kind(std::move(kind_of_it)) {
        place->open()->migrate(std::nullopt, Timestamp(std::chrono::seconds(++count))).value();
    }

    /// Fills each table; every third row has NULL in each column that permits it.
    void fill() {
        std::set<std::string> nullable;
        for (const auto& line : lines_of(place->columns())) {
            if (line.ends_with(" NULL")) nullable.insert(line.substr(0, line.find(' ')));
        }
        for (const auto& table : copy::tables()) {
            std::string names;
            for (const auto& column : table.columns) {
                names += (names.empty() ? "" : ", ") + std::string(column.name);
            }
            std::string rows;
            for (int row = 0; row < kRows; ++row) {
                std::string values;
                for (const auto& column : table.columns) {
                    const bool null = row % 3 == 0 && nullable.count(std::string(table.name) + "." +
                                                                     std::string(column.name)) != 0;
                    values += (values.empty() ? "" : ", ") +
                              (null ? std::string("NULL") : literal(kind, column, row));
                }
                rows += (rows.empty() ? "(" : ", (") + values + ")";
            }
            place->execute("INSERT INTO " + qualified(kind, table.name) + " (" + names +
                           ") VALUES " + rows);
        }
    }

    static int count;  // so that no two databases were made at the same time
    const std::string kind;
    const std::unique_ptr<Place> place = make_place(kind);
};

int Database::count = 0;

/// The pairs of kinds that this run tests.
std::vector<std::pair<std::string, std::string>> pairs() {
    if (dialect() == "sqlite") return {{"sqlite", "sqlite"}};
    return {{"sqlite", "postgresql"}, {"postgresql", "sqlite"}, {"postgresql", "postgresql"}};
}

Result<DatabaseCopy> copy_of(const Database& from, const Place& to) {
    return copy_database(from.place->uri(), to.uri(), kNow);
}

// Copies in another process, which is killed in the middle of the streams.
void copy_and_kill(const std::string& from, const std::string& to) {
    const pid_t child = ::fork();
    if (child == 0) {
        (void)copy_database(from, to, kNow, [](const CopyProgress& progress) {
            if (progress.table == "streams" && progress.rows == 500) std::raise(SIGKILL);
        });
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(WTERMSIG(status) == SIGKILL);
}

std::string content_of(const std::string& uri) {
    std::ostringstream content;
    content << std::ifstream(uri.substr(std::string("sqlite:").size()), std::ios::binary).rdbuf();
    return content.str();
}

std::string type_of(Kind kind) {
    const bool lite = dialect() == "sqlite";
    switch (kind) {
        case Kind::kText:
            return "text";
        case Kind::kInteger:
            return lite ? "integer" : "bigint";
        case Kind::kBoolean:
            return lite ? "integer" : "boolean";
        case Kind::kTime:
            return lite ? "integer" : "timestamp with time zone";
        case Kind::kUuid:
            return lite ? "blob" : "uuid";
        case Kind::kDigest:
            return lite ? "blob" : "bytea";
    }
    return {};
}

}  // namespace

TEST_CASE("a copy knows every table and every column of the newest schema, with its type") {
    std::set<std::string> known;
    for (const auto& table : copy::tables()) {
        for (const auto& column : table.columns) {
            known.insert(std::string(table.name) + "." + std::string(column.name) + " " +
                         type_of(column.kind));
        }
    }
    std::set<std::string> existing;
    for (auto line : lines_of(Database(dialect()).place->columns())) {
        bool is_copied = true;
        for (const auto& except : copy::not_copied()) {
            const auto name =
                std::string(except.table) +
                (except.column.empty() ? "." : "." + std::string(except.column) + " ");
            if (line.starts_with(name)) is_copied = false;
        }
        if (line.ends_with(" NULL")) line.resize(line.size() - 5);
        // PostgreSQL has two sizes of numbers.
        if (line.ends_with(" integer") && dialect() != "sqlite") {
            line.replace(line.size() - 7, 7, "bigint");
        }
        if (is_copied) existing.insert(line);
    }
    CHECK(existing == known);
}

TEST_CASE("a copy has every row of its source, and copies of copies have the same digests") {
    for (const auto& [from, to] : pairs()) {
        CAPTURE(from + " to " + to);
        Database source(from);
        source.fill();
        const auto target = make_place(to);
        const auto made = copy_of(source, *target);
        REQUIRE_MESSAGE(made.has_value(), made.error().message << " " << made.error().detail);
        CHECK_FALSE(made->resumed);
        CHECK_FALSE(made->repeated);
        REQUIRE(made->tables.size() == copy::tables().size());
        for (const auto& table : made->tables) CHECK(table.rows == kRows);
        CHECK(target->open()->ping().has_value());

        const auto back = make_place(from);
        const auto again = copy_database(target->uri(), back->uri(), kNow);
        REQUIRE_MESSAGE(again.has_value(), again.error().message << " " << again.error().detail);
        CHECK(again->tables == made->tables);
    }
}

TEST_CASE("a copy that was killed is refused by every program, and is continued by the next one") {
    for (const auto& [from, to] : pairs()) {
        CAPTURE(from + " to " + to);
        Database source(from);
        source.fill();
        const auto target = make_place(to);
        copy_and_kill(source.place->uri(), target->uri());

        const auto unfinished = target->open();
        CHECK_FALSE(unfinished->ping().has_value());
        const auto migrated = unfinished->migrate(std::nullopt, kNow);
        REQUIRE_FALSE(migrated.has_value());
        CHECK(migrated.error().code == ErrorCode::kConflict);
        CHECK(migrated.error().message.find("unfinished copy") != std::string::npos);
        CHECK_FALSE(unfinished->schema_status().has_value());

        const auto made = copy_of(source, *target);
        REQUIRE_MESSAGE(made.has_value(), made.error().message << " " << made.error().detail);
        CHECK(made->resumed);
        CHECK_FALSE(made->repeated);
        CHECK(made->tables == copy_of(source, *make_place(to)).value().tables);
        CHECK(unfinished->ping().has_value());
    }
}

TEST_CASE("a copy that was killed is made anew when its source has changed since") {
    for (const auto& [from, to] : pairs()) {
        CAPTURE(from + " to " + to);
        Database source(from);
        source.fill();
        const auto target = make_place(to);
        copy_and_kill(source.place->uri(), target->uri());
        source.place->execute("UPDATE " + qualified(from, "broadcasters") +
                              " SET display_name = 'changed'");
        const auto made = copy_of(source, *target);
        REQUIRE_MESSAGE(made.has_value(), made.error().message << " " << made.error().detail);
        CHECK(made->repeated);
        CHECK(made->tables == copy_of(source, *make_place(to)).value().tables);
    }
}

TEST_CASE("a target that is not an empty database is refused and stays as it is") {
    for (const auto& [from, to] : pairs()) {
        CAPTURE(from + " to " + to);
        Database source(from);
        source.fill();
        Database full(to);
        full.place->execute("INSERT INTO " + qualified(to, "audit_actors") + " VALUES ('ada')");
        const auto refused = copy_of(source, *full.place);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == ErrorCode::kConflict);
        CHECK(refused.error().message.find("audit_actors has rows") != std::string::npos);
        CHECK(full.place->open()->ping().has_value());

        const auto unfinished = make_place(to);
        copy_and_kill(source.place->uri(), unfinished->uri());
        const Database other(from);
        const auto foreign = copy_of(other, *unfinished);
        REQUIRE_FALSE(foreign.has_value());
        CHECK(foreign.error().code == ErrorCode::kConflict);
        CHECK(foreign.error().message.find("not of this one") != std::string::npos);

        const auto old = make_place(to);
        old->open()->migrate(1, kNow).value();
        CHECK(copy_of(source, *old).error().code == ErrorCode::kConflict);
        CHECK(old->open()->schema_status().value().current == 1);
    }
}

TEST_CASE("a source with another schema than this program's is refused before anything is made") {
    const auto empty = make_place();
    const auto target = make_place();
    CHECK_FALSE(copy_database(empty->uri(), target->uri(), kNow).has_value());
    const auto old = make_place();
    old->open()->migrate(3, kNow).value();
    const auto refused = copy_database(old->uri(), target->uri(), kNow);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::kConflict);
    CHECK(refused.error().message.find("db migrate") != std::string::npos);
    CHECK(target->open()->schema_status().value().current == 0);

    const Database same(dialect());
    CHECK(copy_of(same, *same.place).error().code == ErrorCode::kInvalidArgument);
    CHECK(same.place->open()->ping().has_value());
}

TEST_CASE("a copy of a database in use has the state of one moment") {
    for (const auto& [from, to] : pairs()) {
        CAPTURE(from + " to " + to);
        Database source(from);
        source.fill();
        const auto storage = source.place->open();
        std::atomic<bool> stop = false;
        std::atomic<int> written = 0;
        std::thread writer([&] {
            while (!stop) {
                Broadcaster broadcaster;
                broadcaster.id = BroadcasterId(Uuid([&] {
                    Uuid::Bytes bytes{};
                    const auto digest = sha256("writer" + std::to_string(written));
                    std::copy_n(digest.begin(), bytes.size(), bytes.begin());
                    return bytes;
                }()));
                broadcaster.display_name = "one of many";
                AuditEntry entry;
                entry.id = AuditEntryId(broadcaster.id.uuid());
                // The broadcaster and its audit entry are written as one change.
                if (storage->create_broadcaster(broadcaster, entry)) ++written;
            }
        });
        CHECK(eventually([&] { return written > 10; }));
        const auto target = make_place(to);
        const auto made = copy_of(source, *target);
        stop = true;
        writer.join();
        REQUIRE_MESSAGE(made.has_value(), made.error().message << " " << made.error().detail);
        std::map<std::string, std::uint64_t> rows;
        for (const auto& table : made->tables) rows[table.name] = table.rows;
        CHECK(rows["broadcasters"] > kRows + 10);
        CHECK(rows["broadcasters"] == rows["audit_entries"]);
    }
}

TEST_CASE("a copy does not change the file that it reads") {
    Database source("sqlite");
    source.fill();
    const auto before = content_of(source.place->uri());
    REQUIRE(copy_of(source, *make_place("sqlite")).has_value());
    CHECK(content_of(source.place->uri()) == before);
}

TEST_CASE("keys that share a path share it in the copy, and one of them can be revoked there") {
    for (const auto& [from_kind, to_kind] : pairs()) {
        CAPTURE(from_kind);
        CAPTURE(to_kind);
        const Database from(from_kind);
        const auto to = make_place(to_kind);
        const auto source = from.place->open();
        const auto uuid = [](std::uint8_t last) {
            Uuid::Bytes bytes{};
            bytes[15] = last;
            return Uuid(bytes);
        };
        const auto audit = [&, next = std::uint8_t{100}]() mutable {
            AuditEntry entry;
            entry.id = AuditEntryId(uuid(++next));
            return entry;
        };
        auto made_by = audit;
        Broadcaster owner;
        owner.id = BroadcasterId(uuid(1));
        owner.display_name = "Team";
        REQUIRE(source->create_broadcaster(owner, made_by()).has_value());
        StreamKeyRow row;
        row.key.broadcaster_id = owner.id;
        row.key.playback_path = "live/shared";
        for (std::uint8_t i = 2; i < 5; ++i) {
            row.key.id = StreamKeyId(uuid(i));
            row.key.policies.priority = 10 * i;
            row.digest[0] = i;
            REQUIRE(source->create_stream_key(row, made_by()).has_value());
        }
        REQUIRE(copy_of(from, *to).has_value());
        const auto target = to->open();
        const auto copied = target->sessions_at_path("live/shared").value();
        CHECK(copied == source->sessions_at_path("live/shared").value());
        REQUIRE(copied.size() == 3);
        REQUIRE(target->revoke_stream_key(StreamKeyId(uuid(2)), kNow, made_by()).has_value());
        CHECK(target->sessions_at_path("live/shared").value().size() == 2);
        row.key.id = StreamKeyId(uuid(5));
        row.key.policies.priority.reset();
        row.digest[0] = 5;
        CHECK(target->create_stream_key(row, made_by()).error().code == ErrorCode::kConflict);
    }
}
