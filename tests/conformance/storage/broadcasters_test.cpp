#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StorageCase, "a broadcaster is found as it was written, with its audit entry") {
    auto broadcaster = make_broadcaster();
    broadcaster.updated_at = at(seconds(3));
    const auto audit = make_audit("create");
    storage().create_broadcaster(broadcaster, audit).value();
    CHECK(storage().find_broadcaster(broadcaster.id).value() == broadcaster);
    CHECK(storage().list_audit({}).value().entries ==
          std::vector<AuditEntry>{AuditDraft(audit).named(broadcaster)});
}

TEST_CASE_FIXTURE(StorageCase, "an unknown broadcaster is not found, and nothing is written") {
    add_broadcaster();
    const auto unknown = make_broadcaster();
    CHECK(code_of(storage().find_broadcaster(unknown.id)) == ErrorCode::kNotFound);
    CHECK(code_of(storage().update_broadcaster(unknown.id, {}, at(seconds(1)), make_audit())) ==
          ErrorCode::kNotFound);
    CHECK(code_of(storage().delete_broadcaster(unknown.id, true, at(seconds(1)), make_audit())) ==
          ErrorCode::kNotFound);
    CHECK(audit_count() == 1);
    CHECK(storage().list_broadcasters({}).value().items.size() == 1);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a broadcaster id that exists already is refused without any change") {
    const auto first = add_broadcaster();
    auto second = make_broadcaster();
    second.id = first.id;
    CHECK_FALSE(storage().create_broadcaster(second, make_audit()).has_value());
    CHECK(storage().find_broadcaster(first.id).value() == first);
    CHECK(audit_count() == 1);
}

TEST_CASE_FIXTURE(StorageCase, "an audit id that exists already rolls the whole step back") {
    const auto audit = make_audit();
    storage().append_audit(audit).value();
    const auto broadcaster = make_broadcaster();
    CHECK_FALSE(storage().create_broadcaster(broadcaster, audit).has_value());
    CHECK(code_of(storage().find_broadcaster(broadcaster.id)) == ErrorCode::kNotFound);
    CHECK(audit_count() == 1);
}

TEST_CASE_FIXTURE(StorageCase,
                  "an update sets what is given and the time of change, and nothing else") {
    const auto original = add_broadcaster(at(seconds(1)));
    const auto neighbour = add_broadcaster(at(seconds(2)));
    auto changed = original;
    changed.display_name = "Mountain rescue";
    changed.metadata = JsonObject::parse(R"({"unit":7})").value();
    changed.updated_at = at(seconds(60));
    BroadcasterPatch patch;
    patch.display_name = changed.display_name;
    patch.metadata = changed.metadata;
    CHECK(storage()
              .update_broadcaster(original.id, patch, at(seconds(60)), make_audit("update"))
              .value() == changed);
    CHECK(storage().find_broadcaster(original.id).value() == changed);
    CHECK(storage().find_broadcaster(neighbour.id).value() == neighbour);
    CHECK(audit_count() == 3);

    BroadcasterPatch name;
    name.display_name = changed.display_name = "Sea rescue";
    changed.updated_at = at(seconds(61));
    storage().update_broadcaster(original.id, name, at(seconds(61)), make_audit("update")).value();
    CHECK(storage().find_broadcaster(original.id).value() == changed);
}

TEST_CASE_FIXTURE(StorageCase, "broadcasters are listed newest first, equal times by id") {
    const auto middle = add_broadcaster(at(seconds(2)));
    const auto newest = add_broadcaster(at(seconds(2) + microseconds(1)));
    const auto middle_later = add_broadcaster(at(seconds(2)));
    const auto oldest = add_broadcaster(at(seconds(1)));
    const auto page = storage().list_broadcasters({}).value();
    CHECK(page.items == std::vector{newest, middle_later, middle, oldest});
    CHECK_FALSE(page.next.has_value());
}

TEST_CASE_FIXTURE(StorageCase, "pages of broadcasters together are the whole list") {
    for (int i = 0; i < 7; ++i) add_broadcaster(at(seconds(i / 3)));
    const auto whole = storage().list_broadcasters({}).value().items;
    REQUIRE(whole.size() == 7);
    for (const std::size_t limit : {1U, 2U, 3U, 6U, 7U, 8U}) {
        CAPTURE(limit);
        CHECK(collect_pages<Broadcaster>(limit, [&](const PageRequest& request) {
                  return storage().list_broadcasters(request);
              }) == whole);
    }
}

TEST_CASE_FIXTURE(StorageCase, "a page that ends with the last broadcaster announces no more") {
    for (int i = 0; i < 4; ++i) add_broadcaster();
    CHECK_FALSE(storage().list_broadcasters({4, {}}).value().next.has_value());
    CHECK(storage().list_broadcasters({3, {}}).value().next.has_value());
}

TEST_CASE_FIXTURE(StorageCase,
                  "a cursor stays valid when its broadcaster is deleted and others are added") {
    for (int i = 0; i < 4; ++i) add_broadcaster(at(seconds(i)));
    const auto first = storage().list_broadcasters({2, {}}).value();
    const auto rest = storage().list_broadcasters({{}, first.next}).value().items;
    REQUIRE(rest.size() == 2);
    storage()
        .delete_broadcaster(first.items.back().id, false, at(seconds(9)), make_audit())
        .value();
    add_broadcaster(at(seconds(20)));
    CHECK(storage().list_broadcasters({{}, first.next}).value().items == rest);
}

TEST_CASE_FIXTURE(StorageCase, "a cursor for no existing broadcaster gives everything older") {
    add_broadcaster(at(seconds(1)));
    const auto old = add_broadcaster(at(seconds(0)));
    const PageRequest after{{}, Cursor{at(seconds(1)), Uuid()}};
    CHECK(storage().list_broadcasters(after).value().items == std::vector{old});
}
