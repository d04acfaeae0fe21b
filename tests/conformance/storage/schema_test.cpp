#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StorageCase, "a storage tells which backend it is and never its password") {
    CHECK(storage().backend() == backend().name());
    CHECK_FALSE(storage().description().empty());
    if (!backend().password().empty()) {
        CHECK(storage().description().find(backend().password()) == std::string::npos);
    }
}

TEST_CASE_FIXTURE(StorageCase, "a migrated storage answers a ping and has nothing pending") {
    CHECK(storage().ping().has_value());
    const auto status = storage().schema_status().value();
    CHECK(status.pending.empty());
    CHECK(status.current == status.latest);
    CHECK((status.latest > 0) == backend().has_schema());
}

TEST_CASE_FIXTURE(StorageCase, "migrating again changes nothing and loses nothing") {
    const auto broadcaster = add_broadcaster();
    const auto before = storage().schema_status().value();
    CHECK(storage().migrate(std::nullopt, at(seconds(5))).value() == before);
    CHECK(storage().schema_status().value() == before);
    CHECK(storage().find_broadcaster(broadcaster.id).value() == broadcaster);
}

TEST_CASE_FIXTURE(StorageCase, "migrations can be reverted and applied again") {
    if (!backend().has_schema()) return;  // nothing to revert: see has_schema
    add_broadcaster();
    const auto latest = storage().schema_status().value().latest;

    const auto empty = storage().migrate(0, at(seconds(1))).value();
    CHECK(empty.current == 0);
    CHECK(empty.latest == latest);
    CHECK(empty.pending.size() == static_cast<std::size_t>(latest));
    CHECK(storage().schema_status().value() == empty);
    CHECK_FALSE(storage().ping().has_value());
    CHECK_FALSE(storage().list_broadcasters({}).has_value());

    CHECK(storage().migrate(std::nullopt, at(seconds(2))).value().pending.empty());
    CHECK(storage().ping().has_value());
    CHECK(storage().list_broadcasters({}).value().items.empty());
    CHECK(audit_count() == 0);
    const auto row = add_key();
    claim(row, "a");
    CHECK(session(row).claim.has_value());
}

TEST_CASE_FIXTURE(StorageCase, "a target beyond the newest migration is refused") {
    if (!backend().has_schema()) return;
    const auto before = storage().schema_status().value();
    CHECK_FALSE(storage().migrate(before.latest + 1, at(seconds(1))).has_value());
    CHECK(storage().schema_status().value() == before);
}
