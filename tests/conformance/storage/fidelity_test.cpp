// Records are read exactly as they were written: to the byte and to the microsecond.
#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StorageCase, "every text is read back byte for byte") {
    const auto owner = add_broadcaster().id;
    for (const char* text : {"plain",
                             " leading and trailing ",
                             "tab\tline\nend\r\n",
                             "quote ' double \" back \\ /",
                             "%s {} $1 ?1 :name @x",
                             "NULL",
                             "null",
                             "true",
                             "0",
                             "00123",
                             "\\x41",
                             "{}",
                             "{a,b}",
                             "Ελληνικά кириллица العربية עברית 日本語",
                             "🚁🏔️👩‍🚒",
                             "e\u0301 is not é",
                             "\u202Eright to left",
                             "\u00A0\u200B",
                             "\uFEFFbom",
                             "\U0010FFFF",
                             "\x7F\x01"}) {
        CAPTURE(text);
        auto broadcaster = make_broadcaster();
        broadcaster.display_name = text;
        storage().create_broadcaster(broadcaster, make_audit()).value();
        CHECK(storage().find_broadcaster(broadcaster.id).value().display_name == text);
        auto row = make_key(owner);
        row.key.label = text;
        add(row);
        CHECK(storage().find_stream_key(row.key.id).value().label == text);
    }
}

TEST_CASE_FIXTURE(StorageCase, "metadata is read back byte for byte") {
    const std::string long_text(16 * 1024 - 8, 'x');
    for (const std::string& text :
         {std::string(R"({})"), std::string(R"({"b":1,"a":2})"),
          std::string(R"({"n":1.0,"m":1e5,"k":-0,"big":123456789012345678901234567890})"),
          std::string(R"({"escaped":"\u0041\/\n","raw":"é🚁"})"),
          std::string(R"({"":"","deep":{"a":[[[]]]}})"), R"({"a":")" + long_text + R"("})"}) {
        auto broadcaster = make_broadcaster();
        broadcaster.metadata = JsonObject::parse(text).value();
        storage().create_broadcaster(broadcaster, make_audit()).value();
        CHECK(storage().find_broadcaster(broadcaster.id).value().metadata == broadcaster.metadata);
    }
}

TEST_CASE_FIXTURE(StorageCase, "every time is read back to the microsecond") {
    const auto owner = add_broadcaster().id;
    for (const char* text :
         {"2026-01-17T10:00:00.000000Z", "2026-01-17T10:00:00.000001Z",
          "2026-01-17T10:00:00.999999Z", "2026-03-29T01:30:00.500000Z", "2024-02-29T23:59:59.1Z",
          "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "2038-01-19T03:14:08Z",
          "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"}) {
        CAPTURE(text);
        const auto time = parse_rfc3339(text).value();
        auto row = make_key(owner, time);
        row.key.expires_at = time;
        add(row);
        CHECK(storage().find_stream_key(row.key.id).value() == row.key);
        const PageRequest from_there{1, Cursor{time, row.key.id.uuid()}};
        CHECK(storage().list_stream_keys({}, from_there).has_value());
    }
}

TEST_CASE_FIXTURE(StorageCase, "times that differ by a microsecond are listed in order") {
    const auto owner = add_broadcaster().id;
    std::vector<StreamKeyId> newest_first;
    for (int i = 0; i < 5; ++i) {
        newest_first.insert(newest_first.begin(), add_key(owner, at(microseconds(i - 3))).key.id);
    }
    CHECK(ids_of(storage().list_stream_keys({}, {}).value().items) == newest_first);
}

TEST_CASE_FIXTURE(StorageCase, "ids are ordered by their bytes") {
    std::vector<BroadcasterId> ascending;
    for (const char* text :
         {"00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-00000000000a",
          "0000000a-0000-0000-0000-000000000000", "7fffffff-ffff-ffff-ffff-ffffffffffff",
          "80000000-0000-0000-0000-000000000000", "a0000000-0000-0000-0000-000000000000",
          "ffffffff-ffff-ffff-ffff-ffffffffffff"}) {
        auto broadcaster = make_broadcaster();
        broadcaster.id = BroadcasterId::parse(text).value();
        storage().create_broadcaster(broadcaster, make_audit()).value();
        ascending.insert(ascending.begin(), broadcaster.id);
    }
    CHECK(ids_of(storage().list_broadcasters({}).value().items) == ascending);
}

TEST_CASE_FIXTURE(StorageCase, "a key is found by its digest, whatever bytes that contains") {
    const auto owner = add_broadcaster().id;
    for (const int byte : {0x00, 0x27, 0x5C, 0x80, 0xFF}) {
        auto row = make_key(owner);
        row.digest.fill(static_cast<std::uint8_t>(byte));
        add(row);
        CHECK(storage().load_session_by_digest(row.digest).value().key.id == row.key.id);
        CHECK(decide(make_request(row, row.key.id.to_string())) == ClaimDecision::kGranted);
    }
}

TEST_CASE_FIXTURE(StorageCase, "a text that is not clean is stored exactly or refused") {
    const auto entries = audit_count();
    for (const std::string& text : {std::string("a\0b", 3), std::string("a\xFF"),
                                    std::string("\xC3"), std::string("\xED\xA0\x80")}) {
        auto broadcaster = make_broadcaster();
        broadcaster.display_name = text;
        const auto created = storage().create_broadcaster(broadcaster, make_audit());
        if (created) {
            CHECK(storage().find_broadcaster(broadcaster.id).value() == broadcaster);
        } else {
            CHECK(code_of(created) == ErrorCode::kInvalidArgument);
            CHECK(code_of(storage().find_broadcaster(broadcaster.id)) == ErrorCode::kNotFound);
        }
    }
    // A backend that refuses one of them has written no entry for it.
    CHECK(audit_count() - entries == storage().list_broadcasters({}).value().items.size());
    // The storage still works afterwards.
    const auto at_path = storage().sessions_at_path(std::string("a\0b", 3));
    CHECK((!at_path || at_path->empty()));
    CHECK(decide(make_request(add_key(), "a")) == ClaimDecision::kGranted);
}
