// Several keys on one path: who may share it.
#include "conformance/storage/shared_paths_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(SharedPathsCase,
                  "keys of one broadcaster share a path if all of them have a priority") {
    const auto backup = add_member(20);
    const auto primary = add_member(80);
    const auto third = add_member(20);
    CHECK(members() == std::vector{primary.key.id, backup.key.id, third.key.id});
    CHECK(storage().find_stream_key(primary.key.id).value() == primary.key);
    StreamKeyFilter filter;
    filter.playback_path = kPath;
    CHECK(storage().list_stream_keys(filter, {}).value().items.size() == 3);
    filter.playback_path = "live/other";
    CHECK(storage().list_stream_keys(filter, {}).value().items.empty());
    // Each has its own facts and sessions.
    claim(primary, "p");
    CHECK(session(primary).claim.has_value());
    CHECK_FALSE(session(backup).claim.has_value());
}

TEST_CASE_FIXTURE(SharedPathsCase, "who may not share a path is told which member forbids it") {
    const auto primary = add_member(80);
    const auto entries = audit_count();
    const auto stranger = add_broadcaster().id;
    const auto refused = [&](const StreamKeyRow& row, const char* pointer) {
        const auto created = storage().create_stream_key(row, make_audit());
        CHECK(code_of(created) == ErrorCode::kConflict);
        CHECK(pointer_of(created) == pointer);
        CHECK(code_of(storage().find_stream_key(row.key.id)) == ErrorCode::kNotFound);
    };
    const auto before = audit_count();
    CHECK(before == entries + 1);  // of the broadcaster
    refused(make_member(20, stranger), "/playback_path");
    refused(make_member(std::nullopt, stranger), "/playback_path");
    refused(make_member(std::nullopt), "/priority");
    CHECK(members() == std::vector{primary.key.id});
    revoke(primary);
    const auto alone = make_member(std::nullopt);
    add(alone);
    const auto newcomer = make_member(20);
    const auto created = storage().create_stream_key(newcomer, make_audit());
    CHECK(code_of(created) == ErrorCode::kConflict);
    CHECK(pointer_of(created) == "/playback_path");
    CHECK(created.error().message.find("no priority") != std::string::npos);
    CHECK(audit_count() == before + 2);  // of the revocation and of the key alone
    CHECK(members() == std::vector{alone.key.id});
}

TEST_CASE_FIXTURE(SharedPathsCase, "a key keeps a priority while it shares its path") {
    const auto primary = add_member(80);
    const auto backup = add_member(20);
    const auto before = storage().find_stream_key(primary.key.id).value();
    for (const auto& row : {primary, backup}) {
        const auto changed = reset_priority(row);
        CHECK(code_of(changed) == ErrorCode::kConflict);
        CHECK(pointer_of(changed) == "/reset");
    }
    CHECK(storage().find_stream_key(primary.key.id).value() == before);
    StreamKeyChange change;
    change.id = backup.key.id;
    change.policies.priority = 90;
    REQUIRE(storage().update_stream_key(change, at(seconds(30)), make_audit()));
    CHECK(members() == std::vector{backup.key.id, primary.key.id});
    revoke(primary);
    REQUIRE(reset_priority(backup));
    // Now it has the path alone.
    CHECK(code_of(storage().create_stream_key(make_member(80), make_audit())) ==
          ErrorCode::kConflict);
}

TEST_CASE_FIXTURE(SharedPathsCase, "a key with a priority keeps its path, and none moves to it") {
    const auto primary = add_member(80);
    const auto backup = add_member(20);
    const auto other = add_key(owner_);
    for (const auto& row : {primary, backup}) {
        CHECK(code_of(move(row, "live/free")) == ErrorCode::kConflict);
    }
    CHECK(code_of(move(other, kPath)) == ErrorCode::kConflict);
    CHECK(members() == std::vector{primary.key.id, backup.key.id});
    revoke(primary);
    CHECK(code_of(move(other, kPath)) == ErrorCode::kConflict);
    CHECK(storage().find_stream_key(other.key.id).value().playback_path == other.key.playback_path);
}

TEST_CASE_FIXTURE(SharedPathsCase,
                  "when one key of a path is revoked, the others have the path as before") {
    const auto primary = add_member(80);
    const auto backup = add_member(20);
    const auto third = add_member(10);
    go_live(backup, "b");
    revoke(primary);  // it was the first one
    CHECK(members() == std::vector{backup.key.id, third.key.id});
    CHECK(session(backup).claim->live);
    CHECK(pending().empty());
    const auto stranger = add_broadcaster().id;
    CHECK(code_of(storage().create_stream_key(make_member(50, stranger), make_audit())) ==
          ErrorCode::kConflict);
    const auto fourth = add_member(90);
    revoke(third);
    CHECK(members() == std::vector{fourth.key.id, backup.key.id});
    revoke(backup);
    CHECK(cut_off() == std::set<std::string>{"b"});
    revoke(fourth);
    CHECK(members().empty());
    add(make_member(std::nullopt, stranger));
}

TEST_CASE_FIXTURE(SharedPathsCase, "a shared path survives rotation, disabling and deletion") {
    const auto primary = add_member(80);
    const auto backup = add_member(20);
    const auto value = make_key(owner_).digest;
    storage()
        .rotate_stream_key({primary.key.id, value, std::nullopt}, at(seconds(20)), make_audit())
        .value();
    StreamKeyRow rotated = primary;
    rotated.digest = value;
    go_live(rotated, "p");
    CHECK(ask(backup, "b").decision == ClaimDecision::kPathInUse);
    StreamKeyChange change;
    change.id = primary.key.id;
    change.disabled = true;
    REQUIRE(storage().update_stream_key(change, at(seconds(30)), make_audit()));
    // Its claim has ended, and it is being cut off.
    CHECK(ask(backup, "b").decision == ClaimDecision::kGranted);
    CHECK(members().size() == 2);
    REQUIRE(storage().delete_broadcaster(owner_, true, at(seconds(40)), make_audit()));
    CHECK(members().empty());
    CHECK(ask(backup, "b").decision == ClaimDecision::kUnknownKey);
    add(make_member(80, add_broadcaster().id));
}
