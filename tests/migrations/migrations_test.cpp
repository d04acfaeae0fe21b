#include "storage/migrations.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <latch>
#include <thread>
#include <vector>

#include "migrations/place.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

const std::vector<Migration>& known() {
    return dialect() == "sqlite" ? sqlite_migrations() : postgres_migrations();
}

constexpr int kOrigins = 6;  // the migration that adds the origin to audit entries

int latest() {
    return static_cast<int>(known().size());
}

// 0: there is none of this name.
int version_of(const std::string& name) {
    for (const auto& migration : known()) {
        if (migration.name == name) return migration.version;
    }
    return 0;
}

Uuid next_uuid() {
    static std::uint8_t last = 0;
    Uuid::Bytes bytes{};
    bytes[15] = ++last;
    return Uuid(bytes);
}

AuditEntry entry() {
    AuditEntry audit;
    audit.id = AuditEntryId(next_uuid());
    return audit;
}

// A key of a broadcaster of its own, with what `change` sets.
template <class Change>
StreamKeyId make_key(Storage& storage, Change change) {
    Broadcaster owner;
    owner.id = BroadcasterId(next_uuid());
    owner.display_name = "Team";
    REQUIRE(storage.create_broadcaster(owner, entry()).has_value());
    StreamKeyRow row;
    row.key.id = StreamKeyId(next_uuid());
    row.key.broadcaster_id = owner.id;
    row.key.playback_path = "live/" + row.key.id.to_string();
    row.digest[0] = row.key.id.uuid().bytes()[15];
    change(row.key);
    REQUIRE(storage.create_stream_key(row, entry()).has_value());
    return row.key.id;
}

}  // namespace

TEST_CASE("an empty database has every migration pending, and a ping fails") {
    const auto place = make_place();
    const auto storage = place->open();
    const auto status = storage->schema_status().value();
    CHECK(status.current == 0);
    CHECK(status.latest == latest());
    CHECK(status.pending.size() == known().size());
    const auto ping = storage->ping();
    REQUIRE_FALSE(ping.has_value());
    CHECK(ping.error().code == ErrorCode::kUnavailable);
    CHECK(storage->find_broadcaster(BroadcasterId()).error().code == ErrorCode::kUnavailable);
}

TEST_CASE("each migration can be reverted, which restores the schema from before it") {
    const auto place = make_place();
    const auto storage = place->open();
    std::vector<std::string> schemas{place->schema()};
    CHECK(schemas[0].empty());
    for (int version = 1; version <= latest(); ++version) {
        CHECK(storage->migrate(version, kNow).value().current == version);
        schemas.push_back(place->schema());
        // What one dialect needs may be nothing in the other.
        const bool is_empty =
            known()[static_cast<std::size_t>(version) - 1].up.ends_with("\nSELECT 1;\n");
        CHECK((schemas.back() == schemas[schemas.size() - 2]) == is_empty);
    }
    for (int version = latest() - 1; version >= 0; --version) {
        CHECK(storage->migrate(version, kNow).value().current == version);
        CHECK(place->schema() == schemas[static_cast<std::size_t>(version)]);
    }
    CHECK(storage->migrate(std::nullopt, kNow).value().pending.empty());
    CHECK(place->schema() == schemas.back());
    CHECK(storage->ping().has_value());
}

TEST_CASE("keys from before the transaction column are reported as changed after the upgrade") {
    const auto place = make_place();
    const auto storage = place->open();
    storage->migrate(std::nullopt, kNow).value();
    const auto id = make_key(*storage, [](StreamKey&) {});

    // As in a database of an older program, because this program writes only to its own schema.
    storage->migrate(4, kNow).value();
    storage->migrate(std::nullopt, kNow).value();
    const auto facts = storage->key_facts_after({}, 10).value();
    REQUIRE(facts.facts.size() == 1);
    CHECK(facts.facts.front().stream_key_id == id);
    REQUIRE(storage->revoke_stream_key(id, kNow, entry()).has_value());
    CHECK(storage->key_facts_after(facts.next, 10).value().facts.size() == 1);

    storage->migrate(4, kNow).value();
    storage->migrate(std::nullopt, kNow).value();
    CHECK(storage->find_stream_key(id).value().revoked_at == kNow);
    CHECK(storage->key_facts_after({}, 10).value().facts.size() == 1);
}

TEST_CASE("a schema is refused when the checksum of an applied migration differs") {
    const auto place = make_place();
    const auto storage = place->open();
    storage->migrate(std::nullopt, kNow).value();
    place->execute("UPDATE schema_migrations SET checksum = 'other' WHERE version = 1");
    const auto before = place->schema();
    for (const auto target : {std::optional<int>(), std::optional<int>(0)}) {
        const auto refused = storage->migrate(target, kNow);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == ErrorCode::kConflict);
        CHECK(refused.error().message.find("migration 1") != std::string::npos);
    }
    CHECK(place->schema() == before);
    CHECK_FALSE(storage->ping().has_value());
}

TEST_CASE("a schema that is newer than the program is refused and not changed") {
    const auto place = make_place();
    const auto storage = place->open();
    storage->migrate(std::nullopt, kNow).value();
    const auto next = std::to_string(latest() + 1);
    place->execute("INSERT INTO schema_migrations (version, name, checksum, applied_at) SELECT " +
                   next + ", 'future', 'x', applied_at FROM schema_migrations WHERE version = 1");
    const auto before = place->schema();
    for (const auto target : {std::optional<int>(), std::optional<int>(0)}) {
        const auto refused = storage->migrate(target, kNow);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == ErrorCode::kConflict);
        CHECK(refused.error().message.find("newer") != std::string::npos);
    }
    CHECK(place->schema() == before);
    const auto status = storage->schema_status().value();
    CHECK(status.current == latest() + 1);
    CHECK(status.latest == latest());
    CHECK_FALSE(storage->ping().has_value());
}

TEST_CASE("a migration that fails changes nothing") {
    const auto place = make_place();
    const auto storage = place->open();
    storage->migrate(0, kNow).value();
    storage->migrate(1, kNow).value();
    storage->migrate(0, kNow).value();
    // The first migration creates this table.
    place->execute("CREATE TABLE audit_actors (name text)");
    const auto before = place->schema();
    CHECK_FALSE(storage->migrate(std::nullopt, kNow).has_value());
    CHECK(place->schema() == before);
    CHECK(storage->schema_status().value().current == 0);
    place->execute("DROP TABLE audit_actors");
    CHECK(storage->migrate(std::nullopt, kNow).value().pending.empty());
}

TEST_CASE("audit entries from before the origin column get an origin from their content") {
    const auto place = make_place();
    const auto storage = place->open();
    storage->migrate(kOrigins - 1, kNow).value();
    const bool is_sqlite = dialect() == "sqlite";
    int number = 0;
    const auto insert = [&](const std::string& path, const std::string& metadata) {
        ++number;
        const std::string id = std::string(31, '0') + std::to_string(number);
        place->execute(
            "INSERT INTO audit_entries (id, occurred_at, actor, action, request_method, "
            "request_path, ip_address, outcome, metadata) VALUES (" +
            (is_sqlite ? "x'" + id + "', " + std::to_string(number)
                       : "'" + id + "', '2026-01-17 10:00:0" + std::to_string(number) + "+00'") +
            ", 'ann', 'create', 'POST', '" + path + "', '192.0.2.1', 'success', '" + metadata +
            "')");
    };
    insert("/broadcasters", R"({"source":"server","display_name":"A"})");
    insert("/audit-events", R"({"source":"server"})");
    insert("/login", R"({"user":"ann","source":"server"})");
    insert("/login", "{}");
    storage->migrate(std::nullopt, kNow).value();
    std::string origins;
    for (const auto& entry : storage->list_audit({}).value().entries) {
        origins += std::string(to_string(entry.origin)) + " ";
    }
    CHECK(origins == "api api api server ");
}

TEST_CASE("when several threads migrate at once, all succeed, and each migration runs once") {
    for (int round = 0; round < 3; ++round) {
        const auto place = make_place();
        constexpr int kThreads = 6;
        std::latch start(kThreads);
        std::vector<Result<SchemaStatus>> answers(kThreads, Result<SchemaStatus>(Error{}));
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < kThreads; ++i) {
            threads.emplace_back([&, i] {
                const auto storage = place->open();
                start.arrive_and_wait();
                answers[i] = storage->migrate(std::nullopt, kNow);
            });
        }
        for (auto& thread : threads) thread.join();
        for (const auto& answer : answers) CHECK(answer.value().pending.empty());
        CHECK(place->open()->ping().has_value());
    }
}

TEST_CASE("when several processes open and migrate one database at once, all succeed") {
    const auto place = make_place();
    constexpr int kProcesses = 5;
    int gate[2];
    REQUIRE(::pipe(gate) == 0);
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::close(gate[1]);
            char ignored = 0;
            // Returns when the parent closes its end, for all children at the same time.
            while (::read(gate[0], &ignored, 1) > 0) {
            }
            auto storage = open_storage(place->uri(), patient_options());
            const bool good = storage && (*storage)->migrate(std::nullopt, kNow).has_value() &&
                              (*storage)->ping().has_value();
            ::_exit(good ? 0 : 1);
        }
        children.push_back(child);
    }
    ::close(gate[0]);
    ::close(gate[1]);
    for (const pid_t child : children) {
        int status = -1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
    CHECK(place->open()->schema_status().value().pending.empty());
}

TEST_CASE("nodes with a lease of an earlier release stay enforced, others are observed first") {
    const auto place = make_place();
    const auto storage = place->open();
    const int before = version_of("node_standings") - 1;
    REQUIRE(before > 0);
    storage->migrate(before, kNow).value();
    const std::string prefix = dialect() == "sqlite" ? "" : "rescuestream.";
    place->execute(
        "INSERT INTO " + prefix +
        "nodes (name, label, api_url, api_user, api_password, webrtc, hls, rtsp, rtmp, "
        "srt, draining, created_at, updated_at) SELECT 'north', '', 'http://10.0.0.2:9997', "
        "'', '', '', '', '', '', '', " +
        std::string(dialect() == "sqlite" ? "0" : "false") + ", applied_at, applied_at FROM " +
        prefix + "schema_migrations WHERE version = 1");
    place->execute("INSERT INTO " + prefix +
                   "node_leases (node, holder, beat) VALUES ('default', 'one', 1)");
    storage->migrate(std::nullopt, kNow).value();
    for (const char* node : {"north", "default"}) {
        CAPTURE(node);
        const auto standing = storage->find_node_standing(node, "http://10.0.0.2:9997").value();
        CHECK(standing.enforced_at.has_value());
        CHECK_FALSE(standing.asked_at.has_value());
    }
    CHECK_FALSE(storage->find_node_standing("south", "http://10.0.0.4:9997")->is_enforced());
}

TEST_CASE("policies of keys keep their values on the way up and back down") {
    const auto place = make_place();
    const auto storage = place->open();
    storage->migrate(std::nullopt, kNow).value();
    const auto id = make_key(*storage, [](StreamKey& key) {
        key.policies.on_duplicate = OnDuplicate::kTakeover;
        key.policies.reconnect_window = std::chrono::seconds(0);
        key.policies.max_session_duration = std::chrono::seconds(2'592'000);
    });
    const auto policies = storage->find_stream_key(id).value().policies;
    storage->migrate(version_of("policies") - 1, kNow).value();
    storage->migrate(std::nullopt, kNow).value();
    const auto key = storage->find_stream_key(id).value();
    CHECK(key.policies == policies);
    CHECK_FALSE(key.disabled);
}

TEST_CASE("a key with a policy that an earlier release does not know is disabled on the way down") {
    const auto place = make_place();
    const auto storage = place->open();
    storage->migrate(std::nullopt, kNow).value();
    const auto id = make_key(*storage, [](StreamKey& key) {
        key.policies.from_newer_release = JsonObject::parse(R"({"moon":"full"})").value();
    });
    const auto other = make_key(*storage, [](StreamKey&) {});
    storage->migrate(version_of("policies") - 1, kNow).value();
    storage->migrate(std::nullopt, kNow).value();
    CHECK(storage->find_stream_key(id).value().disabled);
    CHECK_FALSE(storage->find_stream_key(other).value().disabled);
}

TEST_CASE("while keys share a path, the schema does not go back to one key of each path") {
    const auto place = make_place();
    const auto storage = place->open();
    const int before = version_of("shared_paths") - 1;
    REQUIRE(before > 0);
    storage->migrate(before + 1, kNow).value();
    const auto primary = make_key(*storage, [](StreamKey& key) {
        key.playback_path = "live/shared";
        key.policies.priority = 80;
    });
    StreamKeyRow backup;
    backup.key.id = StreamKeyId(next_uuid());
    backup.key.broadcaster_id = storage->find_stream_key(primary).value().broadcaster_id;
    backup.key.playback_path = "live/shared";
    backup.key.policies.priority = 20;
    backup.key.policies.stale_after = std::chrono::seconds(7);
    backup.digest[0] = 0xB0;
    REQUIRE(storage->create_stream_key(backup, entry()).has_value());
    const std::string schema = place->schema();

    const auto refused = storage->migrate(before, kNow);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::kConflict);
    CHECK(refused.error().message ==
          "Several stream keys share one path, which the earlier schema cannot hold: revoke all "
          "but one key of each path first.");
    CHECK(place->schema() == schema);
    CHECK(storage->schema_status().value().current == before + 1);
    CHECK(storage->sessions_at_path("live/shared").value().size() == 2);

    REQUIRE(storage->revoke_stream_key(primary, kNow, entry()).has_value());
    CHECK(storage->migrate(before, kNow).value().current == before);
    storage->migrate(std::nullopt, kNow).value();
    // The key has its path alone, which an earlier release knows; its other policies stay.
    const auto key = storage->find_stream_key(backup.key.id).value();
    CHECK_FALSE(key.policies.priority.has_value());
    CHECK(key.policies.stale_after == std::chrono::seconds(7));
    CHECK(key.policies.from_newer_release == JsonObject{});
    CHECK(storage->sessions_at_path("live/shared").value().size() == 1);
}

TEST_CASE("when SQL of an administrator takes the path from its owner, another key has it") {
    const auto place = make_place();
    const auto storage = place->open();
    storage->migrate(std::nullopt, kNow).value();
    const auto first = make_key(*storage, [](StreamKey& key) {
        key.playback_path = "live/shared";
        key.policies.priority = 80;
    });
    StreamKeyRow row;
    row.key.broadcaster_id = storage->find_stream_key(first).value().broadcaster_id;
    row.key.playback_path = "live/shared";
    row.key.policies.priority = 20;
    for (int i = 0; i < 3; ++i) {
        row.key.id = StreamKeyId(next_uuid());
        row.digest[0] = static_cast<std::uint8_t>(0xC0 + i);
        REQUIRE(storage->create_stream_key(row, entry()).has_value());
    }
    const std::string keys = dialect() == "sqlite" ? "stream_keys" : "rescuestream.stream_keys";
    const auto owners = [&] {
        std::size_t count = 0;
        for (const auto& each : storage->sessions_at_path("live/shared").value()) {
            // Only an owner is in the unique index, which refuses a second one.
            count += each.key.playback_path == "live/shared" ? 1 : 0;
        }
        return count;
    };
    CHECK(owners() == 4);
    place->execute("UPDATE " + keys + " SET playback_path = 'live/moved' WHERE NOT joined");
    CHECK(owners() == 3);
    CHECK(storage->sessions_at_path("live/moved").value().size() == 1);
    place->execute("UPDATE " + keys +
                   " SET revoked_at = created_at WHERE NOT joined AND playback_path = "
                   "'live/shared'");
    CHECK(owners() == 2);
    // There is an owner again: nobody else can have the path.
    row.key.id = StreamKeyId(next_uuid());
    row.key.policies.priority.reset();
    row.digest[0] = 0xD0;
    CHECK(storage->create_stream_key(row, entry()).error().code == ErrorCode::kConflict);
    place->execute("UPDATE " + keys + " SET revoked_at = created_at WHERE revoked_at IS NULL");
    CHECK(owners() == 0);
    CHECK(storage->create_stream_key(row, entry()).has_value());
}
